import { ledgerField, tables as names } from '@carat/read-models';
import type { Fact } from '../stored.ts';
import { addTo, createTables, type FoldedTable, type UnitFold } from './fold.ts';
import { type Window, windowStart } from './windows.ts';

const boards = [
  { kind: 'creators', window: 'hour' },
  { kind: 'creators', window: 'day' },
  { kind: 'creators', window: 'week' },
  { kind: 'creators', window: 'all' },
  { kind: 'gifters', window: 'day' },
  { kind: 'gifters', window: 'week' },
  { kind: 'gifters', window: 'all' },
] as const;

const nameOf = { creators: names.creatorBoard, gifters: names.gifterBoard } as const;
const amountsOf = { creators: () => ['millidiamonds'], gifters: () => ['coins'] } as const;

/** Boards of creators by diamonds and of gifters by coins, per window of time, from the log alone. */
export const foldBoards = (): UnitFold => {
  const { tables, of } = createTables();

  /** The table of a board at an instant; looked up by name only when its window changes. */
  const finder = (kind: 'creators' | 'gifters', window: Window) => {
    let found: { start: number; table: FoldedTable } | undefined;
    return (at: number): FoldedTable => {
      const start = windowStart(window, at);
      if (found?.start !== start)
        found = { start, table: of(nameOf[kind](window, start), true, amountsOf[kind]) };
      return found.table;
    };
  };
  const finders = boards.map(({ kind, window }) => ({ kind, tableAt: finder(kind, window) }));

  const ledger = (): FoldedTable => of(names.ledger, false, () => ['coins', 'gifts', 'millidiamonds']);

  const book = ({ data, stored }: Fact<'GiftSent'>): void => {
    addTo(ledger(), ledgerField, stored.position, data.coins, data.booked, data.millidiamonds);
    for (const { kind, tableAt } of finders) {
      const table = tableAt(data.at);
      if (kind === 'creators') addTo(table, data.creator, stored.position, data.millidiamonds);
      else addTo(table, data.viewer, stored.position, data.coins);
    }
  };

  return {
    unit: 'boards',
    tables,
    feeds: new Map(),
    see: (fact) => {
      if (fact.type === 'GiftSent') book(fact);
    },
  };
};
