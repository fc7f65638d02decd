import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type EventStore, openEventStore } from '@carat/event-store';

/** Opens any number of connections to one new log in a folder of its own. */
export const createLog = async () => {
  const dir = await mkdtemp(join(tmpdir(), 'carat-history-'));
  const stores: EventStore[] = [];
  return {
    dir,
    open: async (): Promise<EventStore> => {
      const store = await openEventStore(`sqlite:${join(dir, 'log.db')}`);
      stores.push(store);
      return store;
    },
    remove: async (): Promise<void> => {
      for (const store of stores) await store.close();
      await rm(dir, { recursive: true, force: true });
    },
  };
};
