import type { DatabaseSync } from 'node:sqlite';
import { EventStoreError } from '../port.ts';
import { Chain } from './chain.ts';
import { type EventRow, eventColumns, isSound } from './event-rows.ts';
import { prepareRows, type Rows } from './rows.ts';
import type { StreamCache } from './streams.ts';

/** Where seals stand: events that say how many events the log held, and which was the last of them. */
const sealStream = 'seals';
/** How many seals, from the last one back, are held against the log until one fits. */
const maxSealsTried = 100;

export type Sealed = {
  /** The log fits a seal up to this position; 0 where there is none. */
  readonly upTo: number;
  /** Why a later seal does not fit. */
  readonly misfit: EventStoreError | undefined;
};

type Seal = { readonly events: number; readonly lastEvent: string };

/**
 * Looks for the last seal that the log fits. Positions are gapless from 1, so the last event that a seal
 * covers is at the position that is its count of events. Roots are not computed: that takes all events.
 */
export const findLastSeal = (db: DatabaseSync, streams: StreamCache): Sealed => {
  const chain = new Chain(db);
  const selectEvent = prepareRows<EventRow>(db, `SELECT ${eventColumns} FROM events WHERE position = ?`);
  let misfit: EventStoreError | undefined;
  try {
    const stream = streams.numberOf(sealStream);
    if (stream === undefined) return { upTo: 0, misfit };
    const head = streams.readHead(stream);
    const oldest = Math.max(0, head.revision - maxSealsTried + 1);
    for (let revision = head.revision; revision >= oldest; revision -= 1) {
      const [row] = chain.walkBack(stream, sealStream, head, revision, revision);
      const seal = row && sealIn(row);
      if (!seal) break;
      if (fits(seal, selectEvent, streams)) return { upTo: seal.events, misfit };
      misfit ??= misfitOf(seal, revision);
    }
  } catch (error) {
    if (!(error instanceof EventStoreError && error.code === 'damaged')) throw error;
    misfit ??= error;
  }
  return { upTo: 0, misfit };
};

/** Undefined where the event is no seal as they are made. */
const sealIn = (row: EventRow): Seal | undefined => {
  const { events, lastEvent } = JSON.parse(row[7]) as Partial<Record<keyof Seal, unknown>>;
  const isSeal = Number.isSafeInteger(events) && (events as number) > 0 && typeof lastEvent === 'string';
  return isSeal ? { events: events as number, lastEvent } : undefined;
};

const fits = ({ events, lastEvent }: Seal, selectEvent: Rows<EventRow>, streams: StreamCache): boolean => {
  const row = selectEvent.get(events);
  const named = row && streams.nameOf(row[1]);
  return named !== undefined && row?.[5] === lastEvent.replaceAll('-', '') && isSound(row, named.sum);
};

const misfitOf = ({ events, lastEvent }: Seal, revision: number): EventStoreError =>
  new EventStoreError(
    'damaged',
    `Seal ${revision + 1} was made when event ${lastEvent} was at position ${events}: it is not there now.`,
  );
