import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { type EventStore, EventStoreError } from './port.ts';
import { openSqliteStore } from './sqlite/store.ts';

export type OpenOptions = {
  /** Is told of damage that shows as the log is opened, which is refused where this is missing. */
  readonly onDamage?: (damage: EventStoreError) => void;
  /** How long a server that does not answer is waited for, in ms, where it is not the 10 s of a service. */
  readonly maxWaitMs?: number;
};

/** One line per kind of store: how its addresses begin, and how one is opened. */
const adapters: readonly (readonly [
  scheme: RegExp,
  open: (rest: string, url: string, options: OpenOptions) => Promise<EventStore>,
])[] = [
  [/^sqlite:/, (path, _, options) => openFile(path, options)],
  [/^(kurrentdb|kdb|esdb)(\+discover)?:\/\//, (_, url, options) => openServer(url, options)],
];

/**
 * Opens the event store that an address names: `sqlite:<path>`, whose folders are made where they are
 * missing, or a KurrentDB by its connection string.
 * @throws EventStoreError `invalid_input` for any other address; what the adapter throws
 */
export const openEventStore = async (url: string, options: OpenOptions = {}): Promise<EventStore> => {
  for (const [scheme, open] of adapters) {
    if (scheme.test(url)) return open(url.replace(scheme, ''), url, options);
  }
  const shown = url.replace(/:\/\/[^/?]*@/, '://');
  throw new EventStoreError(
    'invalid_input',
    `"${shown}" names no event store: sqlite:<path> or kurrentdb://<host>:<port> is expected.`,
  );
};

const openFile = (path: string, options: OpenOptions): Promise<EventStore> => {
  if (path === '') throw new EventStoreError('invalid_input', 'sqlite: is followed by the path of a file.');
  try {
    mkdirSync(dirname(path), { recursive: true });
  } catch (error) {
    throw new EventStoreError('not_a_log', `The folder of ${path} can't be made: ${String(error)}.`, {
      cause: error,
    });
  }
  return openSqliteStore(path, options);
};

/** Who keeps the log in a file never loads what it takes to speak to a server. */
const openServer = async (url: string, { maxWaitMs }: OpenOptions): Promise<EventStore> => {
  const { openKurrentStore } = await import('./kurrentdb/store.ts');
  return openKurrentStore(url, maxWaitMs === undefined ? {} : { limits: { openMs: maxWaitMs } });
};
