import { expect, it } from 'vitest';
import { createFeedParts } from './feed-parts.ts';

const entries = Array.from({ length: 75 }, (_, n) => ({ position: String(n + 1), at: (n * 37) % 75 }));

it('keeps all entries in their order, in parts that say what is in them', () => {
  const feed = createFeedParts();
  for (const entry of entries) feed.add(entry);
  const parts = feed.parts();
  expect(parts.length).toBeGreaterThan(1);
  const decoded = parts.map(({ body }): typeof entries => JSON.parse(`[${body}]`));
  expect(decoded.flat()).toEqual(entries);
  for (const [i, part] of parts.entries()) {
    const own = decoded[i]!;
    expect(part).toMatchObject({ from: own[0]!.position, position: own.at(-1)!.position });
    expect(part).toMatchObject({ bookings: own.length, latest: Math.max(...own.map(({ at }) => at)) });
  }
});

it('goes on after it was asked', () => {
  const feed = createFeedParts();
  expect(feed.parts()).toEqual([]);
  feed.add({ position: '1', at: 5 });
  feed.parts();
  feed.add({ position: '2', at: 4 });
  expect(feed.parts().map(({ body }) => JSON.parse(body))).toEqual([
    { position: '1', at: 5 },
    { position: '2', at: 4 },
  ]);
});
