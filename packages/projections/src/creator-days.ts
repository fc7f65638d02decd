import { nothing, type Projection } from './projection.ts';
import { spansOf } from './spans.ts';

const tableOf = spansOf('creator-days:', 86_400_000);

/**
 * What creators were given by the day of UTC, in a table for each day. Field: the creator. Amounts: coins,
 * gifts, millidiamonds.
 */
export const creatorDays: Projection = (event) => {
  if (event.type !== 'GiftSent') return nothing;
  const { creator, coins, booked, millidiamonds, at } = event.data;
  return [{ change: 'add', table: tableOf(at), field: creator, amounts: [coins, booked, millidiamonds] }];
};
