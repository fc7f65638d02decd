import { generateKeyPairSync, randomUUID } from 'node:crypto';
import { mkdtemp, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { EventStore, Revision, StoredEvent } from '../../port.ts';
import { openSqliteStore } from '../../sqlite/store.ts';

/** A key pair in PEM form, as openssl makes it. */
export const newKeyPair = (): { readonly secret: string; readonly open: string } => {
  const pair = generateKeyPairSync('ed25519', {
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    publicKeyEncoding: { type: 'spki', format: 'pem' },
  });
  return { secret: pair.privateKey, open: pair.publicKey };
};

const read = async (store: EventStore): Promise<readonly StoredEvent[]> =>
  (await store.readAll({ limit: 10_000 })).events;

/** A real log in a folder of its own, and what specs write to it. */
export const openLog = async () => {
  const dir = await mkdtemp(join(tmpdir(), 'carat-seals-'));
  const stores: EventStore[] = [];
  const open = async (name = 'log.db'): Promise<EventStore> => {
    const store = await openSqliteStore(join(dir, name));
    stores.push(store);
    return store;
  };
  const store = await open();
  return {
    path: join(dir, 'log.db'),
    store,
    open,
    /** Appends events one by one, to a few streams in turn. */
    async write(count: number, to: EventStore = store): Promise<void> {
      for (let n = 0; n < count; n++) {
        const stream = `wallet-${n % 3}`;
        const page = await to.readStream(stream, { direction: 'backwards', limit: 1 });
        const expected: Revision | 'no_stream' = page.exists ? page.last : 'no_stream';
        const event = { id: randomUUID(), type: 'GiftSent', data: { n, after: { balance: 7 } } };
        await to.append([{ stream, expected, events: [event] }]);
      }
    },
    /** A log as this one is now, which goes its own way. */
    async copyTo(name: string): Promise<void> {
      const copy = await open(name);
      for (const { stream, revision, id, type, data } of await read(store)) {
        const expected = revision === 0 ? 'no_stream' : revision - 1;
        await copy.append([{ stream, expected, events: [{ id, type, data }] }]);
      }
      await copy.close();
    },
    /** Puts another log, which nobody has open, in the place of this one. */
    async replaceWith(name: string): Promise<void> {
      for (const rest of ['-wal', '-shm']) await rm(join(dir, `log.db${rest}`), { force: true });
      await rename(join(dir, name), join(dir, 'log.db'));
    },
    events: (of: EventStore = store): Promise<readonly StoredEvent[]> => read(of),
    async close(): Promise<void> {
      for (const opened of stores) await opened.close();
      await rm(dir, { recursive: true, force: true });
    },
  };
};

export type Log = Awaited<ReturnType<typeof openLog>>;
