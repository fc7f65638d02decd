import { expect, it } from 'vitest';
import { giftFeed } from './gift-feed.ts';
import { giftSent, liveStarted } from './testing.ts';

it('shows a booking with its place, and nothing that is not for everyone', () => {
  expect(giftFeed(giftSent(), '42')).toEqual([
    {
      change: 'feed',
      table: 'feed:gala',
      entry: {
        position: '42',
        combo: '019ac000-0000-7000-8000-000000000001',
        viewer: 'ann',
        gift: 'rose',
        booked: 2,
        count: 3,
        coins: 10,
        at: Date.parse('2026-11-22T12:00:00Z'),
      },
    },
  ]);
});

it('takes nothing from other events', () => {
  expect(giftFeed(liveStarted, '42')).toEqual([]);
});
