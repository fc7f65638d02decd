import type { ShownBooking } from '@carat/protocol';
import { expect, it } from 'vitest';
import { growLines } from './feed-lines.ts';

const booking = (position: number, combo: string, count: number, booked = 1): ShownBooking => ({
  position: String(position),
  combo,
  viewer: `viewer of ${combo}`,
  gift: 'rose',
  booked,
  count,
  coins: booked * 5,
  at: position,
});

it('lets a combo grow where it stands, with newer combos before it', () => {
  let lines = growLines([], [booking(9, 'a', 1), booking(10, 'b', 1)], 10);
  lines = growLines(lines, [booking(11, 'a', 4, 3)], 10);
  expect(lines.map(({ combo, count, coins }) => ({ combo, count, coins }))).toEqual([
    { combo: 'b', count: 1, coins: 5 },
    { combo: 'a', count: 4, coins: 20 },
  ]);
});

it('counts nothing twice, whatever comes again or late', () => {
  const all = [booking(1, 'a', 1), booking(2, 'a', 2), booking(3, 'b', 1)];
  const once = growLines([], all, 10);
  expect(growLines(once, all, 10)).toEqual(once);
  expect(growLines(growLines([], all.slice(2), 10), all.slice(0, 2), 10)).toEqual(once);
});

it('keeps the newest lines', () => {
  const many = Array.from({ length: 30 }, (_, n) => booking(n, `combo-${n}`, 1));
  const lines = growLines([], many, 3);
  expect(lines.map(({ combo }) => combo)).toEqual(['combo-29', 'combo-28', 'combo-27']);
});
