import { setTimeout as pause } from 'node:timers/promises';
import { streams } from '@carat/domain';
import {
  type EventStore,
  type StoredEvent,
  type StreamWrite,
  limits as storeLimits,
} from '@carat/event-store';
import { limits } from '../limits.ts';
import { waitBefore } from '../play/pace.ts';

/** An event of a past live that is written again as it was; its stream begins anew. */
export type Again = Pick<StoredEvent, 'id' | 'type' | 'data' | 'stream'>;

/** Writes events again into a log of its own, each stream from its beginning. */
export const createWriter = (store: EventStore) => {
  const written = new Map<string, number>();
  return {
    /** At most so many as one append takes. @throws EventStoreError */
    async write(events: readonly Again[]): Promise<void> {
      const byStream = Map.groupBy(events, ({ stream }) => stream);
      const writes = [...byStream].map(([stream, all]): StreamWrite => {
        const before = written.get(stream) ?? 0;
        written.set(stream, before + all.length);
        const expected = before === 0 ? 'no_stream' : before - 1;
        return { stream, expected, events: all.map(({ id, type, data }) => ({ id, type, data })) };
      });
      if (writes.length === 0) return;
      const answer = await store.append(writes);
      if (!answer.appended) throw new Error('Somebody else writes to the log of the replay.');
    },
  };
};

/** What a past live was opened with. Undefined where there is no such live. @throws EventStoreError */
export const readStart = async (store: EventStore, live: string): Promise<StoredEvent | undefined> => {
  const page = await store.readStream(streams.live(live), { limit: 1 });
  return page.exists ? page.events[0] : undefined;
};

/** A booking and when it was made, ms since 1970. */
export type Booking = Again & { readonly at: number };

/**
 * Writes bookings again at a speed: each as long after the first as it was, divided by the speed; 0 is as
 * fast as it goes. What is due together is written together.
 * @returns how many
 */
export const writeAtPace = async (
  pages: AsyncIterable<readonly Booking[]>,
  write: (events: readonly Again[]) => Promise<void>,
  speed: number,
  signal: AbortSignal,
): Promise<number> => {
  const began = performance.now();
  let first: number | undefined;
  let due: Booking[] = [];
  let count = 0;
  const send = async (): Promise<void> => {
    await write(due);
    count += due.length;
    due = [];
  };
  for await (const page of pages) {
    for (const booking of page) {
      first ??= booking.at;
      const frame = { t: booking.at - first };
      const isFull = due.length >= storeLimits.maxAppendStreams;
      if (isFull || waitBefore(frame, speed, performance.now() - began) > 0) await send();
      for (;;) {
        signal.throwIfAborted();
        const wait = waitBefore(frame, speed, performance.now() - began);
        if (wait <= 0) break;
        await pause(Math.min(wait, limits.maxPauseMs), undefined, { signal });
      }
      due.push(booking);
    }
  }
  await send();
  return count;
};
