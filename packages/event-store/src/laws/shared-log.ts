import { randomBytes } from 'node:crypto';
import {
  type AppendResult,
  comparePositions,
  type EventStore,
  EventStoreError,
  type LogPage,
  type LogRead,
  limits,
  type Position,
  type StoredEvent,
  type StreamPage,
} from '../port.ts';
import type { FreshLog } from './fixtures.ts';

/** A part of a log: the streams with a prefix of their own, after a place. */
type Scope = { readonly prefix: string; readonly begin: Position | undefined };

/**
 * Makes fresh logs of one that can't be emptied: each is a part of it, with stream names of its own, which
 * begins where the log ended when it was made. Nobody else writes to the log meanwhile. Stream names too long
 * for a prefix go through as they are: proofs make those up anew each time.
 */
export const sharedLog = (log: FreshLog) => async (): Promise<FreshLog> => {
  const scope = { prefix: `${randomBytes(4).toString('hex')}-`, begin: await findEnd(log) };
  const { openCrashing } = log;
  return {
    open: async () => asFresh(await log.open(), scope),
    ...(openCrashing && {
      openCrashing: async (steps) => {
        const { store, crash } = await openCrashing(steps);
        return { store: asFresh(store, scope), crash };
      },
    }),
  };
};

const findEnd = async (log: FreshLog): Promise<Position | undefined> => {
  const store = await log.open();
  try {
    return (await store.head())?.position;
  } finally {
    await store.close();
  }
};

const asFresh = (store: EventStore, { prefix, begin }: Scope): EventStore => {
  const isWithin = (position: Position): boolean =>
    begin === undefined || comparePositions(position, begin) > 0;

  return {
    append: (writes) =>
      answer(prefix, async () => {
        const scoped = writes.map((write) => ({ ...write, stream: inward(prefix, write.stream) }));
        return resultOutward(prefix, await store.append(scoped));
      }),
    readStream: (stream, read) =>
      answer(prefix, async () => pageOutward(prefix, await store.readStream(inward(prefix, stream), read))),
    readAll: (read) =>
      answer(prefix, async () => {
        const page = await store.readAll(readInward(prefix, { ...read, after: read.after ?? begin }));
        const upTo = page.upTo !== undefined && isWithin(page.upTo) ? page.upTo : read.after;
        return { ...page, events: eventsOutward(prefix, page.events), upTo } satisfies LogPage;
      }),
    head: () =>
      answer(prefix, async () => {
        const head = await store.head();
        return head && isWithin(head.position) ? head : undefined;
      }),
    eventAt: (position) =>
      answer(prefix, async () => {
        const id = await store.eventAt(position);
        return isWithin(position) ? id : undefined;
      }),
    onMore: (listener) => store.onMore(listener),
    close: () => store.close(),
  };
};

/** A name within the scope; what is no name at all, or leaves no room for the prefix, as it is. */
const inward = (prefix: string, stream: string): string => {
  if (typeof stream !== 'string' || stream === '') return stream;
  return prefix.length + stream.length <= limits.maxStreamNameChars ? prefix + stream : stream;
};

const outward = (prefix: string, stream: string): string =>
  stream.startsWith(prefix) ? stream.slice(prefix.length) : stream;

const readInward = (prefix: string, read: LogRead): LogRead =>
  read.prefixes === undefined
    ? read
    : { ...read, prefixes: read.prefixes.map((each) => inward(prefix, each)) };

const eventsOutward = (prefix: string, events: readonly StoredEvent[]): StoredEvent[] =>
  events.map((event) => ({ ...event, stream: outward(prefix, event.stream) }));

const resultOutward = (prefix: string, result: AppendResult): AppendResult =>
  result.appended
    ? result
    : {
        ...result,
        conflicts: result.conflicts.map((each) => ({ ...each, stream: outward(prefix, each.stream) })),
      };

const pageOutward = (prefix: string, page: StreamPage): StreamPage =>
  page.exists ? { ...page, events: eventsOutward(prefix, page.events) } : page;

/** What is thrown names streams as they are called within the scope. */
const answer = async <T>(prefix: string, ask: () => Promise<T>): Promise<T> => {
  try {
    return await ask();
  } catch (error) {
    if (!(error instanceof EventStoreError)) throw error;
    const { code, message, readOnAfter } = error;
    throw new EventStoreError(code, message.replaceAll(prefix, ''), {
      cause: error,
      ...(readOnAfter !== undefined && { readOnAfter }),
    });
  }
};
