import type { FeedPart } from '@carat/client';
import { expect, it } from 'vitest';
import { booking } from '../../client/src/log.fixture.ts';
import { follow, hear, type Source } from './heard.ts';

/** What is kept of parts with so many bookings each, told in this order. */
const keptOf = (...sizes: number[]) => {
  let tell: (part: FeedPart) => void = () => undefined;
  const source = {
    on: (_: string, listener: typeof tell) => {
      tell = listener;
      return () => undefined;
    },
  } as unknown as Source;
  hear(source);
  let place = 0;
  for (const size of sizes) {
    const bookings = Array.from({ length: size }, () => booking(String(++place)));
    tell({ bookings, gap: false });
  }
  const told: FeedPart[] = [];
  follow(source, (part) => told.push(part));
  const places = told.flatMap(({ bookings }) => bookings.map(({ position }) => Number(position)));
  return { parts: told.length, bookings: places.length, from: places[0], to: places.at(-1) };
};

it('keeps as many of the newest bookings, in however many parts they come', () => {
  expect(keptOf(...Array.from({ length: 1_200 }, () => 1))).toEqual({
    parts: 1_000,
    bookings: 1_000,
    from: 201,
    to: 1_200,
  });
  expect(keptOf(400, 400, 400)).toEqual({ parts: 2, bookings: 800, from: 401, to: 1_200 });
  expect(keptOf(1, 5_000)).toEqual({ parts: 1, bookings: 1_000, from: 4_002, to: 5_001 });
});

it('bounds parts without bookings too', () => {
  expect(keptOf(...Array.from({ length: 1_500 }, () => 0)).parts).toBe(1_000);
});
