import type { Event } from '@carat/domain';
import {
  addChanges,
  type Batch,
  emptyBatch,
  findFault,
  type Gathering,
  type Projection,
} from '@carat/projections';
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
  /** Of a long run, where that is worth it: what is still to be added to the batch. */
  gathering: Gathering | undefined;
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
  gathering: undefined,
  events: 0,
  entries: [],
  last: undefined,
});

/** What a unit makes of events, and which of them it leaves out, by their ids. */
export type Taking = {
  readonly unit: Unit;
  readonly project: Projection;
  /** Begins to gather for a long run; undefined where that is not worth it. */
  readonly gather?: (() => Gathering | undefined) | undefined;
  readonly skipped: ReadonlySet<string>;
  /** How many units share the memory of the process with it, itself counted. */
  readonly units: number;
};

export const isFull = ({ unit, units }: Taking, { isLong, batch, gathering, events }: Run): boolean => {
  const kind = kindOf(unit);
  if (!isLong) return batch.writes >= limits.batchWrites[kind] || events >= limits.batchEvents[kind];
  const writes = batch.writes + (gathering?.writes() ?? 0);
  return writes >= limits.longRun.writes / units || events >= limits.longRun.events / units;
};

/** Adds an event to a run, unless the unit leaves it out. @returns why it cannot be taken, if so. */
export const addEntry = (taking: Taking, run: Run, entry: Entry): Poison | undefined => {
  const { id: event, position } = entry;
  // Asking for an id means to hash it: a sixteenth of filling.
  if (taking.skipped.size === 0 || !taking.skipped.has(event)) {
    if (entry.fault !== undefined) return { event, position, fault: entry.fault };
    const fault = entry.event && addEvent(taking, run, entry.event, entry);
    if (fault !== undefined) return { event, position, fault };
  }
  run.last = entry;
  return undefined;
};

const addEvent = ({ project, gather }: Taking, run: Run, event: Event, entry: Entry): string | undefined => {
  if (run.isLong) run.gathering ??= gather?.();
  const { position } = entry;
  const beside = run.gathering?.take(event, position);
  const changes = beside ?? project(event, position);
  if (beside === undefined) {
    const fault = findFault(changes);
    if (fault !== undefined) return fault;
    if (changes.length === 0) return undefined;
    run.gathering?.addTo(run.batch);
  }
  addChanges(run.batch, changes, position);
  run.events += 1;
  if (!run.isLong) run.entries.push(entry);
  return undefined;
};

/** What a run changes, once nothing more is to be added to it. */
export const batchOf = ({ batch, gathering }: Run): Batch => {
  gathering?.addTo(batch);
  return batch;
};
