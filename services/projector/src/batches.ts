import {
  addChanges,
  type Batch,
  type Change,
  emptyBatch,
  findFault,
  project,
  type Skips,
  type UnitName,
} from '@carat/projections';
import { limits } from './limits.ts';
import type { Entry } from './tail.ts';

/** An event that a unit cannot take. Nothing after it is applied before that is settled. */
export type Poison = { readonly event: string; readonly position: string; readonly fault: string };

/** A run of events and what they change; `last` is the last one looked at, also where it changed nothing. */
export type Run = { readonly batch: Batch; readonly entries: Entry[]; last: Entry | undefined };

export const emptyRun = (): Run => ({ batch: emptyBatch(), entries: [], last: undefined });

export const isFull = (unit: UnitName, { batch, entries }: Run): boolean =>
  batch.writes >= limits.batchWrites[unit] || entries.length >= limits.batchEvents[unit];

/** Adds an event to a run, unless the unit leaves it out. @returns why it cannot be taken, if so. */
export const addEntry = (unit: UnitName, skips: Skips, run: Run, entry: Entry): Poison | undefined => {
  const { id: event, position } = entry;
  if (!skips[unit].has(event)) {
    if (entry.fault !== undefined) return { event, position, fault: entry.fault };
    const changes: Change[] = entry.event === undefined ? [] : project(unit, entry.event, position);
    const fault = findFault(changes);
    if (fault !== undefined) return { event, position, fault };
    if (changes.length > 0) {
      addChanges(run.batch, changes, position);
      run.entries.push(entry);
    }
  }
  run.last = entry;
  return undefined;
};
