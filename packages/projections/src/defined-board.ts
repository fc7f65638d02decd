import type { BoardDefinition } from '@carat/domain';
import { nothing, type Projection } from './projection.ts';
import { boardNames } from './windows.ts';

/** The board's table of the window that holds the instant is `ranking:<window>:<when it began>`. */
export const rankingTable = 'ranking';

/**
 * A board that an operator defined, one table for each of its windows. Field: the viewer or the creator.
 * Amounts: coins of viewers, millidiamonds of creators.
 */
export const definedBoard = (definition: BoardDefinition): Projection => {
  const { by, from, to, window } = definition;
  const [lives, gifts] = [new Set(definition.lives), new Set(definition.gifts)];
  const nameOf = boardNames(rankingTable);
  return (event) => {
    if (event.type !== 'GiftSent') return nothing;
    const { live, gift, viewer, creator, coins, millidiamonds, at } = event.data;
    const counts =
      (lives.size === 0 || lives.has(live)) &&
      (gifts.size === 0 || gifts.has(gift)) &&
      (from === null || at >= from) &&
      (to === null || at < to);
    if (!counts) return nothing;
    const [field, amount] = by === 'viewer' ? [viewer, coins] : [creator, millidiamonds];
    return [{ change: 'add', table: nameOf(window, at), field, amounts: [amount], ranked: true }];
  };
};
