import { expect, it } from 'vitest';
import { isRanked, minRanked, rankingOf } from './ranks.ts';
import type { Total } from './totals.ts';

const totals = (count: number, score: number, firstPlace = 1): Total[] =>
  Array.from({ length: count }, (_, i) => ({ amounts: [score], place: String(firstPlace + i) }));
const rankedOf = (all: readonly Total[], floor?: number): Total[] => {
  const ranking = rankingOf(all, floor);
  return all.filter((total) => isRanked(total, ranking));
};

it('takes all of a few, above the score that a thousand have', () => {
  expect(rankedOf(totals(900, 1))).toHaveLength(900);
  expect(rankedOf([...totals(900, 1), ...totals(3, 2)], 1)).toEqual(totals(3, 2));
});

it('takes of many just the best, and of equals those who were first', () => {
  const equals = totals(3 * minRanked, 1);
  expect(rankedOf(equals.toReversed())).toEqual(equals.slice(0, minRanked).toReversed());
  const better = totals(10, 2, 9_000);
  expect(rankedOf([...equals, ...better])).toEqual([...equals.slice(0, minRanked - 10), ...better]);
});

it('has whoever is raised to a score that does not count leave the score of before', () => {
  expect(rankingOf(totals(3 * minRanked, 7), 6).cut).toBe(7);
  expect(rankingOf(totals(3 * minRanked, 7), 7)).toMatchObject({ least: 8, cut: undefined });
});

it('rather takes too many than too few where places are beyond the exact numbers', () => {
  const places = Array.from({ length: 2 * minRanked }, (_, i) => String(10n ** 18n + BigInt(i)));
  const equals = places.map((place) => ({ amounts: [1], place }));
  expect(rankedOf(equals).slice(0, minRanked)).toEqual(equals.slice(0, minRanked));
});
