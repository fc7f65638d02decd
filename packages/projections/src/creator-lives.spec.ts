import { expect, it } from 'vitest';
import { creatorLives } from './creator-lives.ts';
import { coinsGranted, giftSent, liveStarted } from './testing.ts';

const started = (title: string | null) =>
  ({ ...liveStarted, data: { ...liveStarted.data, title, at: 1_000 } }) as const;
const listed = { change: 'add', table: 'creator-lives:cleo', field: 'gala', amounts: [1_000], ranked: true };

it('lists a live by when it was started', () => {
  expect(creatorLives(started(null), '41')).toEqual([listed]);
});

it('keeps its title with its totals', () => {
  expect(creatorLives(started('Gala night'), '41')).toEqual([
    listed,
    { change: 'set', table: 'live-totals:gala', field: 'title', value: 'Gala night' },
  ]);
});

it('takes nothing from other events', () => {
  expect([...creatorLives(coinsGranted, '42'), ...creatorLives(giftSent(), '43')]).toEqual([]);
});
