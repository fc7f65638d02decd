import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  bookCombo,
  type Combo,
  countCombos,
  findCombo,
  forgetCombos,
  listCombos,
  noCombos,
  packCombos,
} from './combos.ts';

const terms = (gift: string) => ({ live: 'l', creator: 'c', gift, unitCoins: 5, rate: 1_000 });
/** All of one instant, the first of 1970, so that they may be booked at any. */
const idOf = (n: number) => `00000000-0000-7000-8000-${n.toString(16).padStart(12, '0')}`;
const combo = (n: number, count: number, at: number): Combo => ({
  combo: idOf(n),
  terms: terms(`g${n % 3}`),
  count,
  at,
});

describe('packed combos', () => {
  it('give back what was put in, times beyond 32 bits too', () => {
    const booked = combo(7, 9_999, 1_795_000_000_123);
    expect(findCombo(bookCombo(noCombos, booked), booked.combo)).toEqual(booked);
    expect(findCombo(noCombos, booked.combo)).toBeUndefined();
  });

  it('take five doubles each', () => {
    let combos = noCombos;
    for (let n = 0; n < 100; n++) combos = bookCombo(combos, combo(n, 1, n));
    expect(combos.chunks.flat()).toHaveLength(500);
    expect(combos.terms).toHaveLength(3);
    expect(listCombos(combos)).toHaveLength(100);
  });

  it('are, after any bookings and forgetting, what a map of them would be', () => {
    // More than one chunk holds, few enough to be booked again.
    const booking = fc.tuple(fc.nat(150), fc.integer({ min: 1, max: 9_999 }), fc.nat(5));
    fc.assert(
      fc.property(fc.array(booking, { maxLength: 400, size: 'max' }), fc.nat(1_500), (bookings, since) => {
        let packed = noCombos;
        const model = new Map<string, Combo>();
        let at = 0;
        for (const [n, count, passed] of bookings) {
          at += passed;
          const booked = combo(n, count, at);
          packed = bookCombo(packed, booked);
          model.delete(booked.combo);
          model.set(booked.combo, booked);
        }
        expect(listCombos(packed)).toEqual([...model.values()]);
        expect(packed.chunks.length).toBeLessThanOrEqual(4 * Math.ceil(model.size / 32) + 1);
        const kept = [...model.values()].filter((known) => known.at >= since);
        const left = forgetCombos(packed, since);
        expect(listCombos(left)).toEqual(kept);
        expect(countCombos(left)).toBe(kept.length);
        for (const known of kept) expect(findCombo(left, known.combo)).toEqual(known);
        expect(listCombos(packCombos(kept.toReversed()))).toEqual(kept);
        expect(left.terms.length).toBeLessThanOrEqual(2 * kept.length + 16);
      }),
    );
  });

  it('are looked for back to a minute before the time of their id', () => {
    const minute = 60_000;
    const id = '0000000f-4240-7000-8000-000000000001'; // 1,000,000 ms
    const booked = (combo: string, at: number) => ({ combo, terms: terms('g'), count: 1, at });
    const others = (from: number) => Array.from({ length: 100 }, (_, n) => booked(idOf(n), from + n));
    const first = bookCombo(noCombos, booked(id, 1_000_000 - minute));
    const later = others(1_000_000).reduce(bookCombo, first);
    expect(findCombo(later, id)).toMatchObject({ count: 1, at: 1_000_000 - minute });
    expect(countCombos(bookCombo(later, { ...booked(id, 1_000_200), count: 2 }))).toBe(101);
  });
});
