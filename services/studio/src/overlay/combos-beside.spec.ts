import { emptyBanners, growCombos, type ShownNow, showBanners } from '@carat/client';
import type { ShownBooking } from '@carat/protocol';
import { expect, it } from 'vitest';
import { combosBeside } from './combos-beside.ts';

const booking = (position: number, combo: string, coins: number): ShownBooking => ({
  position: String(position),
  combo,
  viewer: 'v',
  gift: 'rose',
  booked: 1,
  count: 1,
  coins,
  at: position,
});
const shownOf = (...bookings: ShownBooking[]): ShownNow => ({
  combos: growCombos([], bookings, 0).running,
  banners: showBanners(emptyBanners, bookings, 0).queue,
});

it('are those without a banner, shown or waiting', () => {
  const shown = shownOf(booking(1, 'a', 5), booking(2, 'b', 5_000), booking(3, 'c', 6_000));
  expect(shown.banners).toMatchObject({ showing: { combo: 'c' }, waiting: [{ combo: 'b' }] });
  expect(combosBeside(shown, 5).map(({ combo }) => combo)).toEqual(['a']);
});

it('are the newest that fit', () => {
  const many = Array.from({ length: 9 }, (_, n) => booking(n, `combo-${n}`, 1));
  expect(combosBeside(shownOf(...many), 2).map(({ combo }) => combo)).toEqual(['combo-8', 'combo-7']);
});
