import { nothing, type Projection } from './projection.ts';

/** What each creator has earned. Field: the creator. Amounts: millidiamonds, coins, gifts. */
export const earnings: Projection = (event) => {
  if (event.type !== 'GiftSent') return nothing;
  const { creator, millidiamonds, coins, booked } = event.data;
  return [{ change: 'add', table: 'earnings', field: creator, amounts: [millidiamonds, coins, booked] }];
};
