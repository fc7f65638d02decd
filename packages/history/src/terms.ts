import { hash } from 'node:crypto';
import { type BoardDefinition, type Event, readEventOf, streams, type Unit } from '@carat/domain';
import { comparePositions, type EventStore, type Position, readWholeStream } from '@carat/event-store';
import { projectionsVersion, type Skips, skippedBy, skipsOf } from '@carat/projections';
import { HistoryError } from './errors.ts';
import { limits } from './limits.ts';

const logEventTypes = ['LogCreated', 'EventSkipped', 'EventUnskipped'] as const;

/** What the log says of itself as of a place. */
export type Terms = {
  readonly logId: string;
  /** What operators had left out by then. */
  readonly skips: Skips;
  /** Every event that was ever left out of any unit, at whatever time. */
  readonly everSkipped: ReadonlySet<string>;
  /** Names whose numbers folded numbers are: two as of the same one and the same place agree, for ever. */
  readonly generation: string;
};

/** Reads the log's own stream, which is short. @throws HistoryError, EventStoreError, UnreadableEvent */
export const readTerms = async (store: EventStore, asOf: Position | undefined): Promise<Terms> => {
  const then: Event[] = [];
  const everSkipped = new Set<string>();
  let logId: string | undefined;
  for (const stored of await readWholeStream(store, streams.log, limits.streamPageEvents)) {
    const event = readEventOf(logEventTypes, stored);
    if (event.type === 'LogCreated') logId ??= event.data.logId;
    if (event.type === 'EventSkipped') everSkipped.add(event.data.event);
    if (asOf !== undefined && comparePositions(stored.position, asOf) <= 0) then.push(event);
  }
  if (logId === undefined) throw new HistoryError('The log does not begin with its creation.');
  const generation = `log-${projectionsVersion}-${logId}`;
  return { logId, skips: skipsOf(then), everSkipped, generation };
};

const digest = (text: string): string => hash('sha256', text, 'hex').slice(0, 16);

/** Tells apart what a unit leaves out, in a few characters. */
export const digestOf = ({ skips }: Terms, unit: Unit): string => {
  const skipped = skippedBy(skips, unit);
  return skipped.size === 0 ? 'all' : digest([...skipped].sort().join(' '));
};

/** Tells apart what boards count, likewise: an id says nothing of it where the log is another one. */
export const digestOfBoard = ({ by, lives, gifts, from, to, window }: BoardDefinition): string =>
  digest(JSON.stringify([by, lives, gifts, from, to, window]));
