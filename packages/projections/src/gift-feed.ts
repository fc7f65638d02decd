import { nothing, type Projection } from './projection.ts';
import { namesOf } from './table-names.ts';

const tableOf = namesOf('feed:');

/** The bookings of each live in log order, for those who join late or come back. */
export const giftFeed: Projection = (event, position) => {
  if (event.type !== 'GiftSent') return nothing;
  const { live, combo, viewer, gift, booked, count, coins, at } = event.data;
  const entry = { position, combo, viewer, gift, booked, count, coins, at };
  return [{ change: 'feed', table: tableOf(live), entry }];
};
