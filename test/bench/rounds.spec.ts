import { describe, expect, it } from 'vitest';
import { measure, median, takeTurns } from './rounds.ts';

describe('a median', () => {
  it('is the middle one, or lies between the two in the middle', () => {
    expect(median([9, 1, 5])).toBe(5);
    expect(median([9, 1, 5, 7])).toBe(6);
  });
});

describe('kinds that take turns', () => {
  it('go A B A B, and the first rounds are not kept', async () => {
    const order: string[] = [];
    const kind = (name: string) => async () => `${name}${order.push(name)}`;
    const rounds = await takeTurns(2, 1, { a: kind('a'), b: kind('b') });
    expect(order.join('')).toBe('ababab');
    expect(rounds).toEqual([
      { a: 'a3', b: 'b4' },
      { a: 'a5', b: 'b6' },
    ]);
  });
});

describe('a pair', () => {
  it('has the median of the ratios of its rounds, not the ratio of the medians', async () => {
    const ours = [1_000, 10, 20, 30];
    const reference = [1, 100, 40, 30];
    const row = await measure(
      {
        ...{ what: 'append', unit: 'per s', against: 'inserts', budget: { ratio: 0.6 } },
        ours: async () => ours.shift()!,
        reference: async () => reference.shift()!,
      },
      3,
    );
    expect(row).toMatchObject({ ours: 20, reference: 40, ratio: 0.5, isWithin: false });
  });
});
