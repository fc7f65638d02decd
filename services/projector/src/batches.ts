import { addChanges, type Batch, emptyBatch, findFault, type Projection } from '@carat/projections';
import { kindOf, type Unit } from '@carat/protocol';
import { limits } from './limits.ts';
import type { Entry } from './tail.ts';

/** An event that a unit cannot take. Nothing after it is applied before that is settled. */
export type Poison = { readonly event: string; readonly position: string; readonly fault: string };

/** A run of events and what they change. */
export type Run = {
  /** Long, as nobody reads the unit yet: each total is written once for all that the run adds to it. */
  readonly isLong: boolean;
  readonly batch: Batch;
  /** How many events change anything. */
  events: number;
  /** Those events, but of a long run. */
  readonly entries: Entry[];
  /** The last one looked at, also where it changed nothing. */
  last: Entry | undefined;
};

export const emptyRun = (isLong = false): Run => ({
  isLong,
  batch: emptyBatch(),
  events: 0,
  entries: [],
  last: undefined,
});

/** What a unit makes of events, and which of them it leaves out, by their ids. */
export type Taking = {
  readonly unit: Unit;
  readonly project: Projection;
  readonly skipped: ReadonlySet<string>;
  /** How many units share the memory of the process with it, itself counted. */
  readonly units: number;
};

export const isFull = ({ unit, units }: Taking, { isLong, batch, events }: Run): boolean => {
  const kind = kindOf(unit);
  return isLong
    ? batch.writes >= limits.longRun.writes / units || events >= limits.longRun.events / units
    : batch.writes >= limits.batchWrites[kind] || events >= limits.batchEvents[kind];
};

/** Adds an event to a run, unless the unit leaves it out. @returns why it cannot be taken, if so. */
export const addEntry = ({ project, skipped }: Taking, run: Run, entry: Entry): Poison | undefined => {
  const { id: event, position } = entry;
  if (!skipped.has(event)) {
    if (entry.fault !== undefined) return { event, position, fault: entry.fault };
    const changes = entry.event === undefined ? [] : project(entry.event, position);
    const fault = findFault(changes);
    if (fault !== undefined) return { event, position, fault };
    if (changes.length > 0) {
      addChanges(run.batch, changes, position);
      run.events += 1;
      if (!run.isLong) run.entries.push(entry);
    }
  }
  run.last = entry;
  return undefined;
};
