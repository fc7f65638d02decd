import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  createSealing,
  type EventStore,
  openEventStore,
  type SealKey,
  type StoredEvent,
} from '@carat/event-store';

/**
 * Logs on disk, for specs: written as they should be, and forged by somebody who makes all of it fit again,
 * checksums, positions and revisions, so that nothing but seals and laws can tell.
 */
export const openLogs = async () => {
  const dir = await mkdtemp(join(tmpdir(), 'carat-verify-'));
  const stores: EventStore[] = [];
  let made = 0;

  const open = async (): Promise<{ readonly url: string; readonly store: EventStore }> => {
    made += 1;
    const url = `sqlite:${join(dir, `${made}.db`)}`;
    const store = await openEventStore(url);
    stores.push(store);
    return { url, store };
  };

  const write = async (store: EventStore, events: readonly StoredEvent[]): Promise<void> => {
    for (const { stream, id, type, data } of events) {
      const page = await store.readStream(stream, { direction: 'backwards', limit: 1 });
      const expected = page.exists ? page.last : 'no_stream';
      const uuid = /^[0-9a-f-]{36}$/.test(id) ? id : randomUUID();
      await store.append([{ stream, expected, events: [{ id: uuid, type, data }] }]);
    }
  };

  return {
    open,
    write,
    /** A log of these events, in this order. */
    async forge(events: readonly StoredEvent[]) {
      const forged = await open();
      await write(forged.store, events);
      return forged;
    },
    async close(): Promise<void> {
      for (const store of stores) await store.close();
      await rm(dir, { recursive: true, force: true });
    },
  };
};

/** Seals all that is in a log. */
export const sealAll = async (store: EventStore, key?: SealKey): Promise<void> => {
  const sealing = createSealing({ store, now: Date.now, key });
  while (!(await sealing.gather(1_000)));
  await sealing.seal();
};

export const readWhole = async (store: EventStore): Promise<readonly StoredEvent[]> =>
  (await store.readAll({ limit: 10_000 })).events;
