import { nothing, type Projection } from './projection.ts';
import { boardNames } from './windows.ts';

const windows = ['day', 'week', 'all'] as const;
const nameOf = boardNames('gifter-board');

/** Which viewers have sent most, by the day, ISO week and of all time. Amounts: coins. */
export const gifterBoards: Projection = (event) => {
  if (event.type !== 'GiftSent') return nothing;
  const { viewer, coins, at } = event.data;
  return windows.map((window) => ({
    change: 'add',
    table: nameOf(window, at),
    field: viewer,
    amounts: [coins],
    ranked: true,
  }));
};
