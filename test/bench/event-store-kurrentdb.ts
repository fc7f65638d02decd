import { type EventStore, openEventStore, type Position } from '@carat/event-store';
import type { AppendRecordInput, ConsistencyCheck, KurrentDBClient } from '@kurrent/kurrentdb-client';
import { appendOn, fillWallets, newGift, newId, wallets } from './event-store-events.ts';
import type { Missing, Pair } from './rounds.ts';

type Kurrent = typeof import('@kurrent/kurrentdb-client');

const times = { warmUpMs: 1_000, runMs: 4_000 };
const referenceInFlight = 64;
const pageEvents = 2_000;
const appendRatio = 5;
const readRatio = 0.9;

/** One official `appendToStream` per event, so many in flight. @returns events per second */
const appendOfficially = async ({ jsonEvent }: Kurrent, client: KurrentDBClient): Promise<number> => {
  const revisions = new Map<number, bigint>();
  const prefix = `official${newId()}`;
  const from = performance.now() + times.warmUpMs;
  const until = from + times.runMs;
  let appended = 0;
  const runLane = async (lane: number): Promise<void> => {
    for (let n = lane; ; n += referenceInFlight) {
      const wallet = n % (wallets - (wallets % referenceInFlight));
      const { id, type, data } = newGift(wallet);
      const { nextExpectedRevision } = await client.appendToStream(
        `${prefix}-${wallet}`,
        jsonEvent({ id, type, data: { ...data } }),
        { streamState: revisions.get(wallet) ?? 'no_stream' },
      );
      revisions.set(wallet, nextExpectedRevision);
      const now = performance.now();
      if (now >= until) return;
      if (now >= from) appended += 1;
    }
  };
  await Promise.all(Array.from({ length: referenceInFlight }, (_, lane) => runLane(lane)));
  return (appended * 1_000) / times.runMs;
};

/** The same with a client of its own. @returns events per second */
export const appendOneByOne = async (url: string): Promise<number> => {
  const kurrent = await import('@kurrent/kurrentdb-client');
  const client = kurrent.KurrentDBClient.connectionString(url);
  try {
    return await appendOfficially(kurrent, client);
  } finally {
    await client.dispose();
  }
};

/**
 * The client's `appendRecords` by itself, one call at a time: what nobody who uses it can surpass while no
 * more than that is waiting. @returns events per second
 */
const appendRecords = async (client: KurrentDBClient, records: number): Promise<number> => {
  const revisions = new Map<string, bigint>();
  const prefix = `records${newId()}`;
  const from = performance.now() + times.warmUpMs;
  let appended = 0;
  for (let n = 0, now = 0; now < from + times.runMs; now = performance.now(), n += records) {
    const streams = Array.from({ length: records }, (_, k) => `${prefix}-${(n + k) % wallets}`);
    const toRecord = (streamName: string, k: number): AppendRecordInput => {
      const { id, type, data } = newGift(n + k);
      const record = { id, type, data: { ...data }, contentType: 'application/json', metadata: undefined };
      return { streamName, record } as AppendRecordInput;
    };
    const toCheck = (streamName: string): ConsistencyCheck => {
      const expectedState = revisions.get(streamName) ?? 'no_stream';
      return { type: 'stream_state', streamName, expectedState };
    };
    const { responses } = await client.appendRecords(streams.map(toRecord), streams.map(toCheck));
    for (const { streamName, revision } of responses) revisions.set(streamName, revision);
    if (performance.now() >= from) appended += records;
  }
  return (appended * 1_000) / times.runMs;
};

/** Fresh wallets with one event each, and the place in the log before them. */
const freshWallets = async (store: EventStore) => {
  const prefix = `bench${newId()}-`;
  const before = (await store.head())?.position;
  const name = (n: number): string => `${prefix}${n}`;
  await fillWallets(store, name);
  return { prefix, before, name };
};

const readOurs = async (store: EventStore, prefix: string, before: Position | undefined): Promise<number> => {
  const startedAt = performance.now();
  let events = 0;
  let after = before;
  for (let atHead = false; !atHead; ) {
    const page = await store.readAll({ after, limit: pageEvents, prefixes: [prefix] });
    events += page.events.length;
    after = page.upTo;
    atHead = page.atHead;
  }
  return (events * 1_000) / (performance.now() - startedAt);
};

const readOfficially = async (
  { FORWARDS, streamNameFilter }: Kurrent,
  client: KurrentDBClient,
  prefix: string,
  before: Position | undefined,
): Promise<number> => {
  const startedAt = performance.now();
  const at = (position: bigint) => ({ commit: position, prepare: position });
  const filter = streamNameFilter({ prefixes: [prefix] });
  let events = 0;
  for (let from = at(BigInt(before ?? 0)); ; ) {
    let found = 0;
    let last: bigint | undefined;
    for await (const { event } of client.readAll({
      direction: FORWARDS,
      fromPosition: from,
      maxCount: pageEvents,
      filter,
    })) {
      found += 1;
      last = event?.position?.commit;
    }
    // A page begins with the event that it is read from.
    events += events > 0 ? found - 1 : found;
    if (found < pageEvents || last === undefined) break;
    from = at(last);
  }
  return (events * 1_000) / (performance.now() - startedAt);
};

const pairsOf = async (url: string): Promise<Pair[]> => {
  const kurrent = await import('@kurrent/kurrentdb-client');
  const withStore = async (step: (store: EventStore) => Promise<number>): Promise<number> => {
    const store = await openEventStore(url);
    try {
      return await step(store);
    } finally {
      await store.close();
    }
  };
  const withClient = async (step: (client: KurrentDBClient) => Promise<number>): Promise<number> => {
    const client = kurrent.KurrentDBClient.connectionString(url);
    try {
      return await step(client);
    } finally {
      await client.dispose();
    }
  };
  let read: ReturnType<typeof freshWallets> | undefined;
  const toRead = async () => {
    const store = await openEventStore(url);
    read ??= freshWallets(store);
    const fresh = await read;
    await store.close();
    return fresh;
  };
  const append = (inFlight: number) => ({
    what: `append, ${inFlight} waiting`,
    unit: 'per s' as const,
    ours: () =>
      withStore(async (store) => {
        const { name } = await freshWallets(store);
        return appendOn(store, name, { inFlight, batch: 1, ...times });
      }),
  });
  return [
    ...[64, 1_000].map(
      (inFlight): Pair => ({
        ...append(inFlight),
        reference: () => appendOneByOne(url),
        against: `one appendToStream per event, ${referenceInFlight} in flight`,
        budget: { ratio: appendRatio },
      }),
    ),
    {
      ...append(referenceInFlight),
      reference: () => withClient((client) => appendRecords(client, referenceInFlight)),
      against: `bare appendRecords of ${referenceInFlight}, one at a time`,
      budget: undefined,
    },
    {
      what: `read forwards, pages of ${pageEvents}`,
      unit: 'per s',
      ours: async () => {
        const { prefix, before } = await toRead();
        return withStore((store) => readOurs(store, prefix, before));
      },
      reference: async () => {
        const { prefix, before } = await toRead();
        return withClient((client) => readOfficially(kurrent, client, prefix, before));
      },
      against: "the client's own readAll",
      budget: { ratio: readRatio },
    },
  ];
};

/** Appends and reads through the adapter, beside the official client. */
export const kurrentPairs = async (
  url: string | undefined,
): Promise<{ store: string; pairs: (Pair | Missing)[] }> => {
  if (url !== undefined) return { store: 'KurrentDB', pairs: await pairsOf(url) };
  const missing = 'KURRENTDB_URL is not set';
  const whats = ['append, 64 and 1000 waiting', `read forwards, pages of ${pageEvents}`];
  return { store: 'KurrentDB', pairs: whats.map((what) => ({ what, missing })) };
};
