import {
  comparePositions,
  type EventStore,
  EventStoreError,
  type LogEnd,
  type Position,
} from '@carat/event-store';
import { limits } from '../limits.ts';
import type { Differences } from '../outcome.ts';
import { createCursor } from './cursor.ts';
import { createLaws, type LogSums } from './laws/laws.ts';
import { createSealProof, type ProvedSeals } from './seals.ts';
import { readFact } from './stored.ts';

/** Ends of streams read at once: one after the other, each would wait for a server's answer. */
const readsAtOnce = 16;

export type ProvedLog = LogSums & { readonly seals: ProvedSeals };

const nothingSealed: ProvedSeals = {
  seals: 0,
  sealed: 0,
  unsealed: 0,
  lastAt: null,
  signed: 0,
  keys: [],
  broken: [],
};

/**
 * Proves the laws and the seals of a log by reading it once, up to its end as it was.
 * @param keys that seals must be signed with
 * @throws EventStoreError
 */
export const proveLog = async (
  store: EventStore,
  end: LogEnd | undefined,
  keys: ReadonlySet<string>,
  differences: Differences,
): Promise<ProvedLog> => {
  const laws = createLaws(differences, end ? await readCuts(store, end.position, differences) : []);
  if (end === undefined) return { ...laws.finish(), seals: nothingSealed };
  const seals = createSealProof(store, { upTo: end.position, keys, differences });
  const cursor = createCursor(store, {
    beforePage: seals.prepare,
    visit: (event) => {
      laws.see(event);
      seals.see(event);
    },
    onDamage: ({ message }) => {
      differences.add(message);
      seals.passDamage();
    },
  });
  await cursor.advance(end.position);
  const proved = seals.finish();
  await proveEnds(store, laws.ends(), end.position, differences);
  return { ...laws.finish(), seals: proved };
};

/** The days of all `DayClosed` up to a place; what is damaged or no day the walk of the log tells of. */
const readCuts = async (store: EventStore, upTo: Position, differences: Differences): Promise<string[]> => {
  const days: string[] = [];
  for (let from = 0; ; from += limits.pageEvents) {
    try {
      const page = await store.readStream('settlement', { from, limit: limits.pageEvents });
      const events = page.exists ? page.events : [];
      for (const event of events) {
        const fact = comparePositions(event.position, upTo) <= 0 ? readFact(event) : undefined;
        if (fact && 'type' in fact && fact.type === 'DayClosed') days.push(fact.data.day);
      }
      if (events.length < limits.pageEvents) return days;
    } catch (error) {
      if (!(error instanceof EventStoreError && error.code === 'damaged')) throw error;
      differences.add(error.message);
      return days;
    }
  }
};

/** Every stream ends where the log has its last event, or goes on after what was read of the log. */
const proveEnds = async (
  store: EventStore,
  ends: Iterable<readonly [stream: string, last: number]>,
  readTo: Position,
  differences: Differences,
): Promise<void> => {
  let reads: Promise<void>[] = [];
  for (const [stream, last] of ends) {
    reads.push(proveEnd(store, stream, last, readTo, differences));
    if (reads.length < readsAtOnce) continue;
    await Promise.all(reads);
    reads = [];
  }
  await Promise.all(reads);
};

const proveEnd = async (
  store: EventStore,
  stream: string,
  last: number,
  readTo: Position,
  differences: Differences,
): Promise<void> => {
  try {
    const page = await store.readStream(stream, { from: last, limit: 2 });
    const [end, beyond] = page.exists ? page.events : [];
    if (end === undefined) differences.add(`The stream ${stream} ends before its event ${last}.`);
    else if (beyond && comparePositions(beyond.position, readTo) <= 0) {
      differences.add(
        `The stream ${stream} ends with event ${beyond.revision}, which the log has not there.`,
      );
    }
  } catch (error) {
    if (!(error instanceof EventStoreError && error.code === 'damaged')) throw error;
    differences.add(error.message);
  }
};
