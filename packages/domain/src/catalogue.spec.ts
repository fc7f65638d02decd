import { describe, expect, it } from 'vitest';
import { evolveCatalogue, initialCatalogue, listGift, retireGift } from './catalogue.ts';

const command = { gift: 'g1', name: 'Rose', coins: 5, streakable: true, by: 'op', now: 1_000 };
const data = { gift: 'g1', name: 'Rose', coins: 5, streakable: true, by: 'op', at: 1_000 };
const listed = { gift: 'g1', name: 'Rose', coins: 5, streakable: true, retired: false };

describe('the catalogue', () => {
  it('lists a gift once, and changes it where something changed', () => {
    expect(listGift(command, undefined)).toEqual({ refused: false, events: [{ type: 'GiftListed', data }] });
    expect(listGift(command, listed)).toEqual({ refused: false, events: [] });
    expect(listGift({ ...command, coins: 6 }, listed)).toEqual({
      refused: false,
      events: [{ type: 'GiftRepriced', data: { ...data, coins: 6 } }],
    });
  });

  it('takes a gift out of sale, and brings it back when it is listed again', () => {
    const retire = { gift: 'g1', by: 'op', now: 1_000 };
    expect(retireGift(retire, listed)).toMatchObject({ events: [{ type: 'GiftRetired' }] });
    expect(retireGift(retire, { ...listed, retired: true })).toEqual({ refused: false, events: [] });
    expect(retireGift(retire, undefined)).toMatchObject({ refusal: { refused: 'gift_unknown' } });
    expect(listGift(command, { ...listed, retired: true })).toMatchObject({
      events: [{ type: 'GiftRepriced' }],
    });
  });

  it('folds its events', () => {
    const catalogue = evolveCatalogue(initialCatalogue, [
      { type: 'GiftListed', data },
      { type: 'GiftRepriced', data: { ...data, coins: 7 } },
      { type: 'GiftListed', data: { ...data, gift: 'g2' } },
      { type: 'GiftRetired', data: { gift: 'g2', by: 'op', at: 1_000 } },
    ]);
    expect([...catalogue.values()]).toEqual([
      { ...listed, coins: 7 },
      { ...listed, gift: 'g2', retired: true },
    ]);
    expect(initialCatalogue.size).toBe(0);
  });
});
