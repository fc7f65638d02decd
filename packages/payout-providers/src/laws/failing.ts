import { inspect } from 'node:util';
import { expect } from 'vitest';
import type { PayoutProvider } from '../port.ts';
import { begun, codeOf, type Laws, payment, type Subject } from './subject.ts';

const questions = (provider: PayoutProvider, subject: Subject): Promise<unknown>[] => [
  provider.look(begun(subject, payment(subject), 'reference')),
  provider.list({ from: subject.now() - 1_000, to: subject.now() }),
  provider.check(),
];

export const failingLaws: Laws = {
  'F1: a lost answer is outcome_unknown; the same key then answers what was paid': async (subject) => {
    const asked = payment(subject);
    await subject.break('lose');
    expect(await codeOf(subject.provider.pay(asked))).toBe('outcome_unknown');
    expect(await codeOf(subject.other.pay(asked))).toBe('outcome_unknown');
    await subject.break(undefined);
    expect((await subject.other.pay(asked)).reference).toMatch(/\S/);
    expect(subject.moved()).toHaveLength(1);
  },

  'F2: what was surely not paid is unavailable; the same key then pays': async (subject) => {
    const asked = payment(subject);
    await subject.break('refuse');
    expect(await codeOf(subject.provider.pay(asked))).toBe('unavailable');
    expect(subject.moved()).toEqual([]);
    await subject.break(undefined);
    await subject.provider.pay(asked);
    expect(subject.moved()).toHaveLength(1);
  },

  'F3: a provider that can’t be reached is unavailable': async (subject) => {
    expect(await codeOf(subject.unreachable.pay(payment(subject)))).toBe('unavailable');
    for (const question of questions(subject.unreachable, subject)) {
      expect(await codeOf(question)).toBe('unavailable');
    }
  },

  'F4: credentials that are not taken are misconfigured, and nothing is paid': async (subject) => {
    expect(await codeOf(subject.stranger.pay(payment(subject)))).toBe('misconfigured');
    expect(await codeOf(subject.stranger.check())).toBe('misconfigured');
    expect(subject.moved()).toEqual([]);
    await expect(subject.provider.check()).resolves.toBeUndefined();
  },

  'F5: no error holds a secret': async (subject) => {
    await subject.break('lose');
    const calls = [
      subject.provider.pay(payment(subject)),
      subject.stranger.pay(payment(subject)),
      subject.unreachable.pay(payment(subject)),
      subject.unreachable.check(),
      subject.provider.pay(payment(subject, { currency: 'XXX' })),
      subject.provider.readWebhook({ headers: {}, body: Buffer.from('{}') }),
    ];
    for (const end of await Promise.allSettled(calls)) {
      if (end.status === 'fulfilled') continue;
      const text = inspect(end.reason, { depth: 20, showHidden: true });
      expect(subject.secrets.filter((secret) => text.includes(secret))).toEqual([]);
    }
  },
};
