import { nothing, type Projection } from './projection.ts';
import { namesOf } from './table-names.ts';

const tableOf = namesOf('live-board:');

/** Who has sent how much in each live. Field: the viewer. Amounts: coins. */
export const liveBoard: Projection = (event) => {
  if (event.type !== 'GiftSent') return nothing;
  const { live, viewer, coins } = event.data;
  return [{ change: 'add', table: tableOf(live), field: viewer, amounts: [coins], ranked: true }];
};
