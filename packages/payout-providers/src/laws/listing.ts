import { expect } from 'vitest';
import type { ListedPayout, Payment } from '../port.ts';
import { codeOf, type Laws, listAll, outlast, payment, type Subject } from './subject.ts';

/** More than a page of the sandbox and of Stripe. */
const many = 130;

const payMany = async (subject: Subject, count: number): Promise<Payment[]> => {
  const asked = Array.from({ length: count }, (_, index) =>
    payment(subject, { amountMinor: String(100 + index) }),
  );
  for (const one of asked) {
    await subject.provider.pay(one);
    await subject.settle();
    subject.advance(7_000);
  }
  return asked;
};

const keysOf = (payouts: readonly ListedPayout[]): (string | undefined)[] =>
  payouts.map(({ key }) => key).sort();

export const listingLaws: Laws = {
  'L1: what was paid stands in the list once it is complete, as it was paid': async (subject, abilities) => {
    const from = subject.now() - 1_000;
    const asked = payment(subject, { currency: 'EUR', amountMinor: '999999' });
    const paid = await subject.provider.pay(asked);
    await subject.settle();
    const paidBy = outlast(subject);
    const { payouts, completeTo } = await listAll(subject.other, from, subject.now());
    expect(completeTo).toBeGreaterThanOrEqual(paidBy);
    const [payout, ...others] = payouts;
    expect(others).toEqual([]);
    const { reference } = payout!;
    const { referenceFrom, listsRecipient } = abilities;
    expect(payout).toEqual({
      ...asked,
      ...{ reference, referenceFrom, recipient: listsRecipient ? asked.recipient : null },
      ...{ state: { outcome: 'paid', reference }, madeAt: expect.any(Number) },
    });
    expect(reference === paid.reference).toBe(referenceFrom === 'pay');
    expect(payout!.madeAt).toBeGreaterThanOrEqual(from);
    expect(payout!.madeAt).toBeLessThanOrEqual(paidBy);
  },

  'L2: many are listed over pages, each once': async (subject) => {
    const from = subject.now();
    const asked = await payMany(subject, many);
    outlast(subject);
    const { payouts } = await listAll(subject.provider, from - 1_000, subject.now());
    expect(keysOf(payouts)).toEqual(asked.map(({ key }) => key).sort());
    const amounts = payouts.map(({ amountMinor }) => Number(amountMinor));
    expect(amounts.toSorted((a, b) => a - b)).toEqual(asked.map((one) => Number(one.amountMinor)));
  },

  'L3: from lies within, to beyond': async (subject) => {
    const start = subject.now() - 1_000;
    const asked = payment(subject);
    await subject.provider.pay(asked);
    await subject.settle();
    outlast(subject);
    const { madeAt } = (await listAll(subject.provider, start, subject.now())).payouts[0]!;
    const count = async (from: number, to: number) =>
      (await listAll(subject.provider, from, to)).payouts.length;
    expect(await count(madeAt, madeAt + 1)).toBe(1);
    expect(await count(madeAt - 60_000, madeAt)).toBe(0);
    expect(await count(madeAt + 1, madeAt + 60_000)).toBe(0);
    expect(await count(madeAt, madeAt)).toBe(0);
  },

  'L4: it never says to be complete beyond what it can know, nor beyond what was asked for': async (
    subject,
  ) => {
    await subject.provider.pay(payment(subject));
    await subject.settle();
    const now = subject.now();
    const near = await listAll(subject.provider, now - 60_000, now + 60_000);
    expect(near.completeTo).toBeLessThanOrEqual(subject.now() - subject.provider.listDelayMs);
    outlast(subject);
    const far = await listAll(subject.provider, now - 60_000, now - 30_000);
    expect(far.completeTo).toBe(now - 30_000);
    const ahead = await listAll(subject.provider, subject.now() + 60_000, subject.now() + 120_000);
    expect(ahead.payouts).toEqual([]);
    expect(ahead.completeTo).toBeLessThanOrEqual(subject.now() - subject.provider.listDelayMs);
  },

  'L5: months are listed too': async (subject) => {
    const from = subject.now() - 1_000;
    const keys: string[] = [];
    for (let month = 0; month < 3; month += 1) {
      const asked = payment(subject);
      keys.push(asked.key);
      await subject.provider.pay(asked);
      await subject.settle();
      subject.advance(35 * 24 * 3_600_000);
    }
    const { payouts } = await listAll(subject.provider, from, subject.now());
    expect(keysOf(payouts)).toEqual(keys.sort());
  },

  'L6: what Carat did not make has no key': async (subject) => {
    if (!subject.payByHand) return;
    const from = subject.now() - 1_000;
    await subject.payByHand();
    outlast(subject);
    const { payouts } = await listAll(subject.provider, from, subject.now());
    expect(payouts.map(({ key }) => key)).toEqual([undefined]);
  },

  'L7: what came back is listed so': async (subject) => {
    const from = subject.now() - 1_000;
    await subject.destine('returned');
    await subject.provider.pay(payment(subject));
    await subject.settle();
    await subject.takeBack();
    outlast(subject);
    const { payouts } = await listAll(subject.provider, from, subject.now());
    expect(payouts.map(({ state }) => state.outcome)).toEqual(['returned']);
  },

  'L8: a page that no list has given is refused': async (subject) => {
    const request = { from: subject.now() - 1_000, to: subject.now(), page: 'no page' };
    expect(await codeOf(subject.provider.list(request))).toBe('refused');
  },
};
