import type { Position } from '@carat/event-store';
import { expect, it } from 'vitest';
import { createTrail } from './trail.ts';

const at = (place: number) => String(place) as Position;
const gifts = (many: number) => ({ coins: 5 * many, gifts: many, millidiamonds: 2_500 * many });

/** Books one gift at every even place up to `last`. */
const trailTo = (last: number, maxPlaces: number) => {
  const trail = createTrail(maxPlaces);
  for (let place = 2; place <= last; place += 2) trail.book(at(place), gifts(1));
  return trail;
};

it('knows its sums now, and at every place passed, also between bookings', () => {
  const trail = trailTo(120, 1_000);
  expect(trail.now).toEqual(gifts(60));
  expect([1, 2, 3, 99, 100, 120, 5_000].map((place) => trail.at(at(place)))).toEqual(
    [0, 1, 1, 49, 50, 60, 60].map(gifts),
  );
  expect(trail.at(null)).toEqual(gifts(0));
});

it('forgets what is long ago, and says so', () => {
  const trail = trailTo(120, 10);
  expect(trail.now).toEqual(gifts(60));
  expect(trail.at(at(120))).toEqual(gifts(60));
  expect(trail.at(at(102))).toEqual(gifts(51));
  expect(trail.at(at(40))).toBeUndefined();
  expect(trail.at(null)).toBeUndefined();
});
