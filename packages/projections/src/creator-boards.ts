import { nothing, type Projection } from './projection.ts';
import { boardNames } from './windows.ts';

const windows = ['hour', 'day', 'week', 'all'] as const;
const nameOf = boardNames('creator-board');

/** Which creators have earned most, by the hour, day, ISO week and of all time. Amounts: millidiamonds. */
export const creatorBoards: Projection = (event) => {
  if (event.type !== 'GiftSent') return nothing;
  const { creator, millidiamonds, at } = event.data;
  return windows.map((window) => ({
    change: 'add',
    table: nameOf(window, at),
    field: creator,
    amounts: [millidiamonds],
    ranked: true,
  }));
};
