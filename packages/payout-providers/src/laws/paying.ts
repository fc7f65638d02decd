import { expect } from 'vitest';
import { limits as payoutLimits } from '../limits.ts';
import { codeOf, type Laws, payment } from './subject.ts';

export const payingLaws: Laws = {
  'P1: what it pays is paid as it was asked for, and has a reference': async (subject) => {
    const asked = payment(subject);
    const state = await subject.provider.pay(asked);
    expect(['sent', 'paid']).toContain(state.outcome);
    expect(state.reference).toMatch(/\S/);
    const { key: _, ...moved } = asked;
    expect(subject.moved()).toEqual([moved]);
  },

  'P2: the same key again pays nothing, and answers how that one payout stands': async (subject) => {
    const asked = payment(subject);
    const first = await subject.provider.pay(asked);
    const again = [await subject.provider.pay(asked), await subject.other.pay(asked)];
    expect(again.map(({ reference }) => reference)).toEqual([first.reference, first.reference]);
    await subject.settle();
    expect(await subject.other.pay(asked)).toEqual({ outcome: 'paid', reference: first.reference });
    expect(subject.moved()).toHaveLength(1);
  },

  'P3: the same key at once, from two processes, pays once': async (subject) => {
    const asked = payment(subject);
    const calls = Array.from({ length: 8 }, (_, index) =>
      (index % 2 ? subject.provider : subject.other).pay(asked),
    );
    const ended = await Promise.allSettled(calls);
    const references = ended.flatMap((end) => (end.status === 'fulfilled' ? [end.value.reference] : []));
    const codes = ended.flatMap((end) => (end.status === 'rejected' ? [end.reason.code] : []));
    expect(new Set(references).size).toBe(1);
    expect(codes.filter((code) => code !== 'outcome_unknown')).toEqual([]);
    expect((await subject.provider.pay(asked)).reference).toBe(references[0]);
    expect(subject.moved()).toHaveLength(1);
  },

  'P4: other keys pay again, be the payment the same': async (subject) => {
    const asked = payment(subject);
    const one = await subject.provider.pay(asked);
    const two = await subject.provider.pay({ ...asked, key: `${asked.key}-2` });
    expect(one.reference).not.toBe(two.reference);
    expect(subject.moved()).toHaveLength(2);
  },

  'P5: a key that was used for another payment is taken': async (subject) => {
    const asked = payment(subject);
    await subject.provider.pay(asked);
    await subject.settle();
    for (const change of [{ amountMinor: '1235' }, { currency: 'EUR' }, { recipient: subject.nobody }]) {
      expect(await codeOf(subject.provider.pay({ ...asked, ...change }))).toBe('key_taken');
    }
    expect(subject.moved()).toHaveLength(1);
  },

  'P6: a payment to nobody moves nothing: it is refused, or fails': async (subject) => {
    const asked = payment(subject, { recipient: subject.nobody });
    const state = await subject.provider.pay(asked).catch(({ code }) => ({ outcome: code }));
    if (state.outcome !== 'refused') {
      await subject.settle();
      expect((await subject.provider.pay(asked)).outcome).toBe('failed');
    }
    expect(subject.moved()).toEqual([]);
  },

  'P7: keys of the greatest length are told apart by their last character': async (subject) => {
    const long = 'k'.repeat(payoutLimits.maxKeyChars - 1);
    const one = await subject.provider.pay(payment(subject, { key: `${long}1` }));
    const two = await subject.provider.pay(payment(subject, { key: `${long}2` }));
    expect(one.reference).not.toBe(two.reference);
    expect(subject.moved()).toHaveLength(2);
  },

  'P8: what no provider takes is refused before it goes out': async (subject) => {
    const bad = [
      { key: '' },
      { key: 'k'.repeat(payoutLimits.maxKeyChars + 1) },
      { recipient: '' },
      { recipient: 'r'.repeat(payoutLimits.maxRecipientChars + 1) },
      ...['0', '-1', '1.5', '01', '1'.repeat(payoutLimits.maxAmountDigits + 1)].map((amountMinor) => ({
        amountMinor,
      })),
      { currency: 'usd' },
    ];
    for (const change of bad) {
      expect([change, await codeOf(subject.provider.pay(payment(subject, change)))]).toEqual([
        change,
        'refused',
      ]);
      expect(await codeOf(subject.unreachable.pay(payment(subject, change)))).toBe('refused');
    }
    expect(subject.moved()).toEqual([]);
  },

  'P9: amounts are paid to the last minor unit, or refused': async (subject, { pays, refuses }) => {
    for (const [amountMinor, currency] of pays) {
      await subject.provider.pay(payment(subject, { amountMinor, currency }));
    }
    const { recipient } = subject;
    const expected = pays.map(([amountMinor, currency]) => ({ recipient, amountMinor, currency }));
    expect(subject.moved()).toEqual(expected);
    for (const [amountMinor, currency] of refuses) {
      expect(await codeOf(subject.provider.pay(payment(subject, { amountMinor, currency })))).toBe('refused');
    }
    expect(subject.moved()).toHaveLength(pays.length);
  },

  'P10: within the memory a key is known; beyond it, it may pay again': async (subject, { forgets }) => {
    const asked = payment(subject);
    const first = await subject.provider.pay(asked);
    subject.advance(subject.provider.memoryMs - 60_000);
    expect((await subject.provider.pay(asked)).reference).toBe(first.reference);
    subject.advance(120_000);
    // The adapter does what it is told: it is the caller who must not ask any more.
    const late = await subject.provider.pay(asked);
    expect(late.reference === first.reference).toBe(!forgets);
    expect(subject.moved()).toHaveLength(forgets ? 2 : 1);
  },
};
