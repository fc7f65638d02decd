import { describe, expect, it, test } from 'vitest';
import { draw, drawFate, faultsSchema } from './faults.ts';
import { stateAt } from './payout.ts';

const keys = Array.from({ length: 4_000 }, (_, index) => `creator/${index}`);
const fatesBy = (settings: object) => keys.map((key) => drawFate(faultsSchema.parse(settings), key));

describe('a fate', () => {
  it('is the same for a key and a seed, and another one for another seed', () => {
    const settings = { fail: 0.3, return: 0.3 };
    expect(fatesBy(settings)).toEqual(fatesBy(settings));
    expect(fatesBy({ ...settings, seed: 'another' })).not.toEqual(fatesBy(settings));
  });

  it('has the shares that were asked for', () => {
    const fates = fatesBy({ fail: 0.1, failLater: 0.1, return: 0.2, settleMs: 50 });
    const share = (matches: (fate: (typeof fates)[number]) => boolean) =>
      fates.filter(matches).length / fates.length;
    expect(share(({ ends, settleMs }) => ends === 'failed' && settleMs === 0)).toBeCloseTo(0.1, 1);
    expect(share(({ ends, settleMs }) => ends === 'failed' && settleMs === 50)).toBeCloseTo(0.1, 1);
    expect(share(({ ends }) => ends === 'returned')).toBeCloseTo(0.2, 1);
    expect(share(({ ends }) => ends === 'paid')).toBeCloseTo(0.6, 1);
  });

  it('is to be paid at once where nothing was asked for', () => {
    expect(new Set(fatesBy({}).map((fate) => JSON.stringify(fate)))).toEqual(
      new Set(['{"ends":"paid","settleMs":0,"returnMs":1000}']),
    );
  });
});

test('what is drawn lies evenly between 0 and 1, and depends on each word', () => {
  const drawn = keys.map((key) => draw('seed', 'lose', key, 1));
  for (const at of [0.25, 0.5, 0.75]) {
    expect(drawn.filter((number) => number < at).length / drawn.length).toBeCloseTo(at, 1);
  }
  const word = [draw('a', 1), draw('a', 2), draw('b', 1), draw('a1'), draw('a')];
  expect(new Set(word).size).toBe(word.length);
});

test('a payout runs through its states by the clock alone', () => {
  const payment = {
    key: 'k',
    recipient: 'r',
    amountMinor: '1',
    currency: 'USD',
    reference: 'ref',
    madeAt: 1_000,
  };
  const outcomes = (ends: 'paid' | 'failed' | 'returned', settleMs: number) =>
    [0, 1_000, 1_499, 1_500, 2_499, 2_500].map(
      (now) => stateAt({ ...payment, ends, settleMs, returnMs: 1_000 }, now).outcome,
    );
  expect(outcomes('paid', 500)).toEqual(['sent', 'sent', 'sent', 'paid', 'paid', 'paid']);
  expect(outcomes('failed', 500)).toEqual(['sent', 'sent', 'sent', 'failed', 'failed', 'failed']);
  expect(outcomes('returned', 500)).toEqual(['sent', 'sent', 'sent', 'paid', 'paid', 'returned']);
  expect(outcomes('paid', 0)).toEqual(Array(6).fill('paid'));
});

test.each([{ lose: 1.1 }, { lose: -0.1 }, { delayMs: 60_001 }, { lost: 0.1 }])(
  '%o is refused',
  (settings) => {
    expect(faultsSchema.safeParse(settings).success).toBe(false);
  },
);
