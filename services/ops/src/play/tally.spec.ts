import type { Receipt } from '@carat/protocol';
import { describe, expect, it } from 'vitest';
import { createTally } from './tally.ts';

const receipt = (combo: string, count: number, position: string, unitCoins = 5): Receipt => ({
  combo,
  count,
  coins: count * unitCoins,
  millidiamonds: count * unitCoins * 1_000,
  balance: 0,
  position,
  at: 0,
});

describe('the tally of receipts', () => {
  it('counts a claim as booked where its receipt stands higher than any before it', () => {
    const tally = createTally();
    expect(tally.answered('ann', receipt('a', 2, '10'))).toBe(true);
    expect(tally.answered('ann', receipt('a', 2, '10'))).toBe(false);
    expect(tally.answered('ann', receipt('a', 9, '12'))).toBe(true);
    expect(tally.answered('bob', receipt('b', 1, '9'))).toBe(true);
    tally.refused('live_ended');
    expect(tally.frames).toEqual({ booked: 3, repeated: 1, refused: 1 });
    expect(tally.refusals).toEqual(new Map([['live_ended', 1]]));
  });

  it('adds the last receipts up, viewer by viewer', () => {
    const tally = createTally();
    tally.answered('ann', receipt('a', 2, '1'));
    tally.answered('ann', receipt('a', 3, '2'));
    tally.answered('ann', receipt('b', 1, '3', 100));
    tally.answered('bob', receipt('c', 1, '4', 200));
    expect(tally.witness()).toEqual({
      viewers: 2,
      gifts: 5,
      coins: 315,
      millidiamonds: 315_000,
      top10: [
        { viewer: 'bob', coins: 200 },
        { viewer: 'ann', coins: 115 },
      ],
    });
  });

  it('knows the highest position by value, not by text', () => {
    const tally = createTally();
    expect(tally.position).toBeUndefined();
    for (const position of ['9', '10', '2']) tally.answered('ann', receipt(position, 1, position));
    expect(tally.position).toBe('10');
  });
});
