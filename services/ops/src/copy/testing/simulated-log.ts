import { randomUUID } from 'node:crypto';
import { logCreated, streams } from '@carat/domain';
import {
  type EventStore,
  type JsonObject,
  limits,
  type Position,
  type StoredEvent,
  type StreamWrite,
} from '@carat/event-store';
import { simulateLive } from '@carat/simulator';

/** 2026-06-10, 12:00 UTC. */
const noon = Date.UTC(2026, 5, 10, 12);
const gatheredGifts = 40;

/** Keeps the revisions of the streams that it writes to, and appends until the log holds what it is given. */
export const createWriter = (store: EventStore) => {
  const revisions = new Map<string, number>();
  return async (...writes: readonly (readonly [stream: string, type: string, data: JsonObject])[]) => {
    const byStream = new Map<
      string,
      StreamWrite & { events: { id: string; type: string; data: JsonObject }[] }
    >();
    for (const [stream, type, data] of writes) {
      const last = revisions.get(stream);
      const write = byStream.get(stream) ?? { stream, expected: last ?? ('no_stream' as const), events: [] };
      byStream.set(stream, write);
      write.events.push({ id: randomUUID(), type, data });
    }
    const result = await store.append([...byStream.values()]);
    if (!result.appended) throw new Error(`A conflict: ${JSON.stringify(result.conflicts)}`);
    for (const [place, stream] of [...byStream.keys()].entries())
      revisions.set(stream, result.revisions[place]!);
  };
};

export type Writer = ReturnType<typeof createWriter>;

/** Fills a log as a live would: the same kinds of events, streams and atomic appends, in a wild order. */
export const writeSimulatedLive = async (store: EventStore, seed: number): Promise<void> => {
  const write = createWriter(store);
  const { header, frames } = simulateLive({ seed, durationMs: 180_000, sendsPerMinute: 120, viewers: 150 });
  await store.append([logCreated(randomUUID(), randomUUID())]);
  await write(['foreign-stream', 'Happened', { by: 'somebody else' }]);
  for (const { id, ...gift } of header.gifts) {
    await write([streams.catalogue, 'GiftListed', { gift: id, ...gift, by: 'ops', at: noon }]);
  }
  await write([streams.live(header.live), 'LiveStarted', { live: header.live, at: noon }]);
  const known = new Set<string>();
  let waiting: [string, string, JsonObject][] = [];
  for (const { viewer, gift, combo, count, t } of frames) {
    const wallet = streams.wallet(viewer);
    if (!known.has(viewer)) {
      known.add(viewer);
      const grant = `grant-of-${viewer}`;
      await write(
        [streams.grant(grant), 'GrantMade', { grant, viewer, coins: 1_000, by: 'ops', at: noon }],
        [wallet, 'CoinsGranted', { grant, viewer, coins: 1_000, at: noon, after: { balance: 1_000 } }],
      );
    }
    const terms = { combo, viewer, live: header.live, creator: header.creator, gift, booked: 1, count };
    waiting.push([wallet, 'GiftSent', { ...terms, coins: 1, at: noon + t, after: { balance: 1_000 } }]);
    if (waiting.length === gatheredGifts) {
      await write(...waiting);
      waiting = [];
    }
  }
  if (waiting.length > 0) await write(...waiting);
};

/** What a copy must keep of every event of a log, in order. */
export const readKept = async (store: EventStore): Promise<Omit<StoredEvent, 'position' | 'created'>[]> => {
  const kept: Omit<StoredEvent, 'position' | 'created'>[] = [];
  let after: Position | undefined;
  for (;;) {
    const page = await store.readAll({ after, limit: limits.maxReadEvents });
    for (const { position: _, created: __, ...event } of page.events) kept.push(event);
    if (page.atHead) return kept;
    after = page.upTo;
  }
};
