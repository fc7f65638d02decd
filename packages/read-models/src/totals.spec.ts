import { expect, it } from 'vitest';
import { comparePlaces, decodeTotal, encodeTotal, rankTotals } from './totals.ts';

it('keeps amounts and place exactly', () => {
  const total = { amounts: [Number.MAX_SAFE_INTEGER, 0, 7], place: '18446744073709551615' };
  expect(encodeTotal(total.amounts, total.place)).toBe('9007199254740991 0 7 18446744073709551615');
  expect(decodeTotal(encodeTotal(total.amounts, total.place))).toEqual(total);
});

it('orders places by their number, however long', () => {
  expect(['10', '9', '18446744073709551615', '9007199254740993'].sort(comparePlaces)).toEqual([
    '9',
    '10',
    '9007199254740993',
    '18446744073709551615',
  ]);
});

it('ranks by score, and equals by who was there first', () => {
  const ranked = rankTotals([
    ['late', '5 10'],
    ['best', '6 11'],
    ['early', '5 9'],
  ]);
  expect(ranked.map(({ id }) => id)).toEqual(['best', 'early', 'late']);
});
