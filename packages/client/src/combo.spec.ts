import type { Claim, Receipt } from '@carat/protocol';
import { describe, expect, it } from 'vitest';
import { createServerClock } from './clock.ts';
import { Combo, type GiftToSend } from './combo.ts';
import { CaratError } from './errors.ts';
import { defaultLimits, largestCount } from './limits.ts';
import type { Asked } from './outbox.ts';

const begin = (gift: Partial<GiftToSend> = {}) => {
  let now = 1_000_000;
  const sent: { claim: Claim; asked: Asked }[] = [];
  const bound = { full: false };
  const clock = createServerClock(() => now);
  const combo = new Combo({ live: 'l', gift: 'rose', ...gift }, clock, defaultLimits, (claim, asked) => {
    if (bound.full) throw new CaratError('outbox_full');
    sent.push({ claim, asked });
  });
  const answer = (): void => {
    const { claim, asked } = sent.at(-1)!;
    const { combo: id, count } = claim;
    const receipt: Receipt = {
      combo: id,
      count,
      coins: 1,
      millidiamonds: 1,
      balance: 1,
      position: '1',
      at: now,
    };
    asked.resolve(receipt);
  };
  const pass = (ms: number): void => {
    now += ms;
  };
  return { combo, sent, bound, answer, pass };
};

describe('a combo builder', () => {
  it('claims one more with each tap, and no more than was reached', async () => {
    const { combo, sent, answer } = begin({ viewer: 'v' });
    const { id } = combo;
    void combo.tap();
    void combo.reach(12);
    const last = combo.tap();
    expect(sent.map(({ claim }) => claim.count)).toEqual([1, 12, 13]);
    expect(sent[0]?.claim).toEqual({ combo: id, live: 'l', gift: 'rose', count: 1, viewer: 'v' });
    void combo.reach(5);
    expect(combo.count).toBe(13);
    answer();
    await expect(combo.reach(5)).resolves.toEqual(combo.receipt);
    sent.splice(3);
    answer();
    await expect(last).resolves.toMatchObject({ count: 13 });
    expect(combo.id).toBe(id);
  });

  it('begins a new combo from 1 when the old one is over', () => {
    const { combo, sent } = begin();
    void combo.tap();
    void combo.tap();
    sent[1]?.asked.over?.();
    void combo.tap();
    expect(sent.map(({ claim }) => claim.count)).toEqual([1, 2, 1]);
    expect(sent[2]?.claim.combo).not.toBe(sent[1]?.claim.combo);
    sent[0]?.asked.over?.();
    void combo.tap();
    expect(combo.count).toBe(2);
  });

  it('begins a new combo for the tap after 10 minutes, while reach never counts the same again', () => {
    const { combo, sent, pass } = begin();
    pass(600_000);
    void combo.reach(3);
    const first = combo.id;
    pass(599_999);
    void combo.tap();
    pass(1);
    void combo.reach(5);
    expect(sent.map(({ claim }) => claim.combo)).toEqual([first, first, first]);
    void combo.tap();
    expect(combo.count).toBe(1);
    expect(combo.id).not.toBe(first);
    expect(Number.parseInt(first.replace('-', '').slice(0, 12), 16)).toBe(1_600_000);
  });

  it('goes on in a new combo at the largest count, and for each tap of a gift that is not streakable', () => {
    const { combo } = begin();
    void combo.reach(largestCount);
    void combo.tap();
    expect(combo.count).toBe(1);
    const single = begin({ streakable: false });
    void single.combo.tap();
    void single.combo.tap();
    expect(single.sent.map(({ claim }) => claim.count)).toEqual([1, 1]);
    expect(new Set(single.sent.map(({ claim }) => claim.combo)).size).toBe(2);
  });

  it('counts nothing that was not taken, and nothing that is no count', async () => {
    const { combo, bound, sent } = begin();
    bound.full = true;
    await expect(combo.tap()).rejects.toMatchObject({ code: 'outbox_full' });
    expect(combo.count).toBe(0);
    for (const count of [0, 1.5, Number.NaN, largestCount + 1])
      await expect(combo.reach(count)).rejects.toBeInstanceOf(RangeError);
    expect(sent).toEqual([]);
  });
});
