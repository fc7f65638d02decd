import { nothing, type Projection } from './projection.ts';

/** The bookings of each live in log order, for those who join late or come back. */
export const giftFeed: Projection = (event, position) => {
  if (event.type !== 'GiftSent') return nothing;
  const { live, combo, viewer, gift, booked, count, coins, at } = event.data;
  const entry = { position, combo, viewer, gift, booked, count, coins, at };
  return [{ change: 'feed', table: `feed:${live}`, entry }];
};
