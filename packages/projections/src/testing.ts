import type { Event } from '@carat/domain';

/** A booking as the gateway writes it, for specs: two roses of 5 coins, on 22 November 2026 at noon. */
export const giftSent = (more: Partial<Event<'GiftSent'>['data']> = {}): Event<'GiftSent'> => ({
  type: 'GiftSent',
  data: {
    combo: '019ac000-0000-7000-8000-000000000001',
    viewer: 'ann',
    live: 'gala',
    creator: 'cleo',
    gift: 'rose',
    booked: 2,
    count: 3,
    coins: 10,
    millidiamonds: 10_000,
    unitCoins: 5,
    rate: 1_000,
    at: Date.parse('2026-11-22T12:00:00Z'),
    after: { balance: 90 },
    ...more,
  },
});

export const liveStarted: Event<'LiveStarted'> = {
  type: 'LiveStarted',
  data: { live: 'gala', creator: 'cleo', title: null, by: 'cleo', at: 0 },
};

export const coinsGranted: Event<'CoinsGranted'> = {
  type: 'CoinsGranted',
  data: { grant: 'g1', viewer: 'ann', coins: 100, at: 0, after: { balance: 100 } },
};
