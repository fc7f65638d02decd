import { type BoardDefinition, isOurStream, readEvent, type Unit, UnreadableEvent } from '@carat/domain';
import type { StoredEvent } from '@carat/event-store';
import {
  addChanges,
  type Change,
  emptyBatch,
  findFault,
  projectionOf,
  skippedBy,
  type TableBatch,
} from '@carat/projections';
import { HistoryError } from './errors.ts';
import { limits } from './limits.ts';
import type { Terms } from './terms.ts';

/** What of a unit is folded. */
export type Part = {
  readonly unit: Unit;
  /** How the unit's board is defined, where it is one that an operator defined. */
  readonly board?: BoardDefinition | undefined;
  readonly tables: readonly string[];
  /** Fields of the tables that are wanted; all where it is missing. */
  readonly field?: string;
  /** Which events can matter, by what they hold: the others need not be understood. */
  readonly isAbout?: (stored: StoredEvent) => boolean;
};

/**
 * Adds up what events change in a few tables, by the very projections that fill the read models. An event
 * that operators had left out by then is left out here. So is one that no unit can take and that was left
 * out later: the unit stood before it until then, and its number was never shown.
 */
export const createFold = ({ unit, board, tables, field, isAbout }: Part, terms: Terms) => {
  const project = projectionOf(unit, { shards: 1, board });
  const skipped = skippedBy(terms.skips, unit);
  let batch = emptyBatch();
  const wanted = new Set(tables);
  const isWanted = (change: Change): boolean =>
    change.change !== 'feed' && wanted.has(change.table) && (field === undefined || change.field === field);

  const rows = (): number => tables.reduce((sum, name) => sum + (batch.tables.get(name)?.sums.size ?? 0), 0);

  const changesOf = (stored: StoredEvent): readonly Change[] => {
    const event = readEvent(stored);
    if (event === undefined) return [];
    const changes = project(event, stored.position);
    const fault = findFault(changes);
    if (fault !== undefined) throw new UnreadableEvent(stored.type, fault);
    return changes.filter(isWanted);
  };

  return {
    /** @throws HistoryError where the event cannot be added up and nobody ever left it out */
    see(stored: StoredEvent): void {
      if (!isOurStream(stored.stream) || skipped.has(stored.id)) return;
      if (isAbout && !isAbout(stored)) return;
      try {
        addChanges(batch, changesOf(stored), stored.position);
      } catch (error) {
        if (!(error instanceof UnreadableEvent)) throw error;
        if (terms.everSkipped.has(stored.id)) return;
        const place = `event ${stored.id} at position ${stored.position}`;
        throw new HistoryError(`The log cannot be folded past ${place}: ${error.message}`);
      }
      if (rows() > limits.maxRows) {
        throw new HistoryError(`The answer would need more than ${limits.maxRows} totals in memory.`);
      }
    },
    table: (name: string): TableBatch | undefined => batch.tables.get(name),
    /** Begins anew. */
    clear(): void {
      batch = emptyBatch();
    },
  };
};

export type Fold = ReturnType<typeof createFold>;
