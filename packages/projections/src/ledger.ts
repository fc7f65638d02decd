import { nothing, type Projection } from './projection.ts';

/**
 * All that a unit has booked, to be held against the log. Field: `booked`. Amounts: coins, gifts,
 * millidiamonds.
 */
export const ledger: Projection = (event) => {
  if (event.type !== 'GiftSent') return nothing;
  const { coins, booked, millidiamonds } = event.data;
  return [{ change: 'add', table: 'ledger', field: 'booked', amounts: [coins, booked, millidiamonds] }];
};
