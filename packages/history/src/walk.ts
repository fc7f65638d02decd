import { setImmediate as letOthersRun } from 'node:timers/promises';
import { comparePositions, type EventStore, type Position, type StoredEvent } from '@carat/event-store';
import { limits } from './limits.ts';

/** Which part of the log is read: behind a place, or from its start, up to and with another. */
export type Stretch = {
  readonly after?: Position | undefined;
  readonly upTo: Position;
  readonly prefixes?: readonly string[];
  readonly signal?: AbortSignal | undefined;
};

/** The events of a part of the log, in order, a page at a time. @throws EventStoreError */
export async function* walkLog(
  store: Pick<EventStore, 'readAll'>,
  { after, upTo, prefixes, signal }: Stretch,
): AsyncGenerator<readonly StoredEvent[]> {
  for (let read = after; read === undefined || comparePositions(read, upTo) < 0; ) {
    signal?.throwIfAborted();
    const page = await store.readAll({
      after: read,
      ...(prefixes && { prefixes }),
      limit: limits.pageEvents,
    });
    yield page.events.filter(({ position }) => comparePositions(position, upTo) <= 0);
    if (page.atHead || page.upTo === undefined) return;
    read = page.upTo;
    await letOthersRun();
  }
}

/** The same for one stream, from a revision on. @throws EventStoreError */
export async function* walkStream(
  store: Pick<EventStore, 'readStream'>,
  stream: string,
  { from = 0, upTo, signal }: Pick<Stretch, 'upTo' | 'signal'> & { readonly from?: number },
): AsyncGenerator<readonly StoredEvent[]> {
  for (let next = from; ; ) {
    signal?.throwIfAborted();
    const page = await store.readStream(stream, { from: next, limit: limits.streamPageEvents });
    if (!page.exists) return;
    const within = page.events.filter(({ position }) => comparePositions(position, upTo) <= 0);
    yield within;
    next += page.events.length;
    if (within.length < page.events.length || page.events.length === 0 || next > page.last) return;
    await letOthersRun();
  }
}
