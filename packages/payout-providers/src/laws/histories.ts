import fc from 'fast-check';
import { expect } from 'vitest';
import { type Payment, type PayoutState, ProviderError } from '../port.ts';
import { begun, payment, type Subject } from './subject.ts';

/** What one step of a history does. `key`: which of three payments. */
type Step =
  | { readonly do: 'pay' | 'look'; readonly key: number; readonly by: 'provider' | 'other' }
  | { readonly do: 'payTwice'; readonly key: number }
  | { readonly do: 'break'; readonly fault: 'lose' | 'refuse' | undefined }
  | { readonly do: 'settle' };

const keys = fc.nat({ max: 2 });
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant('pay' as const),
      key: keys,
      by: fc.constantFrom('provider', 'other'),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('look' as const),
      key: keys,
      by: fc.constantFrom('provider', 'other'),
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('payTwice' as const), key: keys }) },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('break' as const),
      fault: fc.constantFrom('lose', 'refuse', undefined),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('settle' as const) }) },
);

/** What callers have learnt of one payment: once it has a reference, it has no other. */
type Learnt = { reference: string | undefined };

/**
 * Whatever is called and goes wrong, in any order: a key is paid at most once, exactly once where anybody was
 * ever told of it, and everybody is told the same reference.
 */
export const proveHistories =
  (open: () => Promise<Subject>, runs: number): (() => Promise<void>) =>
  async () => {
    const property = fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 15 }), async (steps) => {
      const subject = await open();
      try {
        await play(subject, steps);
      } finally {
        await subject.close();
      }
    });
    await fc.assert(property, { numRuns: runs });
  };

const play = async (subject: Subject, steps: readonly Step[]): Promise<void> => {
  const payments = [1, 2, 3].map((amount) => payment(subject, { amountMinor: String(amount) }));
  const learnt: Learnt[] = payments.map(() => ({ reference: undefined }));
  const pay = async (by: 'provider' | 'other', key: number): Promise<void> => {
    const state = await answerOf(subject[by].pay(payments[key]!));
    if (state) learn(learnt[key]!, state);
  };

  for (const one of steps) {
    if (one.do === 'pay') await pay(one.by, one.key);
    else if (one.do === 'payTwice') await Promise.all([pay('provider', one.key), pay('other', one.key)]);
    else if (one.do === 'break') await subject.break(one.fault);
    else if (one.do === 'settle') await subject.settle();
    else {
      const { reference } = learnt[one.key]!;
      if (reference === undefined) continue;
      const state = await subject[one.by].look(begun(subject, payments[one.key]!, reference));
      expect(state?.reference).toBe(reference);
    }
    check(subject, payments, learnt);
  }
  await subject.break(undefined);
  for (const [key] of payments.entries()) await pay('other', key);
  expect(paidTimes(subject, payments)).toEqual([1, 1, 1]);
};

const answerOf = async (call: Promise<PayoutState>): Promise<PayoutState | undefined> => {
  try {
    return await call;
  } catch (error) {
    const code = error instanceof ProviderError ? error.code : String(error);
    expect(['unavailable', 'outcome_unknown']).toContain(code);
    return undefined;
  }
};

const learn = (known: Learnt, { reference }: PayoutState): void => {
  expect(reference).toMatch(/\S/);
  if (known.reference !== undefined) expect(reference).toBe(known.reference);
  known.reference = reference ?? undefined;
};

const paidTimes = (subject: Subject, payments: readonly Payment[]): number[] =>
  payments.map((one) => subject.moved().filter(({ amountMinor }) => amountMinor === one.amountMinor).length);

const check = (subject: Subject, payments: readonly Payment[], learnt: readonly Learnt[]): void => {
  for (const [key, times] of paidTimes(subject, payments).entries()) {
    expect(times).toBeLessThanOrEqual(1);
    if (learnt[key]!.reference !== undefined) expect(times).toBe(1);
  }
};
