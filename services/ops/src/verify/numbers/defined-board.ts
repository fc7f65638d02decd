import type { Data, Fact } from '../stored.ts';
import { addTo, createTables, type UnitFold } from './fold.ts';
import { windowStart } from './windows.ts';

/** A board that an operator defined, from the log alone. */
export const foldDefinedBoard = (board: Data<'BoardCreated'>): UnitFold => {
  const { ranks, lives, gifts, from, to, window } = board;
  const { tables, of } = createTables();
  const amounts = [ranks === 'viewer' ? 'coins' : 'millidiamonds'];

  const isCounted = ({ live, gift, at }: Fact<'GiftSent'>['data']): boolean => {
    if (lives.length > 0 && !lives.includes(live)) return false;
    if (gifts.length > 0 && !gifts.includes(gift)) return false;
    return (from ?? at) <= at && (to === null || at < to);
  };

  return {
    unit: `board:${board.board}`,
    tables,
    feeds: new Map(),
    see: (fact) => {
      if (fact.type !== 'GiftSent' || !isCounted(fact.data)) return;
      const { viewer, creator, coins, millidiamonds, at } = fact.data;
      const table = of(`ranking:${window}:${windowStart(window, at)}`, true, () => amounts);
      if (ranks === 'viewer') addTo(table, viewer, fact.stored.position, coins);
      else addTo(table, creator, fact.stored.position, millidiamonds);
    },
  };
};
