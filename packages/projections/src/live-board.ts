import { nothing, type Projection } from './projection.ts';

/** Who has sent how much in each live. Field: the viewer. Amounts: coins. */
export const liveBoard: Projection = (event) => {
  if (event.type !== 'GiftSent') return nothing;
  const { live, viewer, coins } = event.data;
  return [{ change: 'add', table: `live-board:${live}`, field: viewer, amounts: [coins], ranked: true }];
};
