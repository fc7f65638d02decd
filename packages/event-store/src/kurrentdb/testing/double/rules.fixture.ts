import { randomUUID } from 'node:crypto';
import client from '@kurrent/kurrentdb-client';
import { startDouble } from './double.ts';

const { KurrentDBClient, jsonEvent, streamNameFilter } = client;

export type Client = ReturnType<typeof KurrentDBClient.connectionString>;
export type NewEvent = ReturnType<typeof jsonEvent>;
type Read = ReturnType<Client['readStream']> | ReturnType<Client['readAll']>;
export type Resolved = NonNullable<Awaited<ReturnType<Read['next']>>['value']>;

/** A client of a server, and names that no other run uses. */
export type Scene = {
  readonly client: Client;
  /** A stream's name, of this scene alone. */
  readonly of: (name: string) => string;
  /** Of the log only what this scene wrote. */
  readonly filter: ReturnType<typeof streamNameFilter>;
  readonly close: () => Promise<void>;
};

export const sceneAt = (url: string, end: () => Promise<void> = async () => {}): Scene => {
  const mine = KurrentDBClient.connectionString(url);
  const prefix = `t${randomUUID().slice(0, 8)}`;
  return {
    client: mine,
    of: (name) => `${prefix}-${name}`,
    filter: streamNameFilter({ prefixes: [`${prefix}-`] }),
    close: async () => {
      await mine.dispose();
      await end();
    },
  };
};

const url = process.env.KURRENTDB_URL;

/** What the rules are held against: the double, and a real server where KURRENTDB_URL names one. */
export const servers: readonly { readonly name: string; readonly open: () => Promise<Scene> }[] = [
  {
    name: 'the double',
    open: async () => {
      const double = await startDouble();
      return sceneAt(double.url, double.stop);
    },
  },
  ...(url ? [{ name: 'KurrentDB at KURRENTDB_URL', open: async () => sceneAt(url) }] : []),
];

export const event = (data: unknown = {}, id: string = randomUUID()): NewEvent =>
  jsonEvent({ id, type: 'Tested', data: data as Record<string, unknown> });

export const events = (count: number): NewEvent[] =>
  Array.from({ length: count }, (_, number) => event({ number }));

export const record = (streamName: string, of: NewEvent = event()) => ({ streamName, record: of });

type State = bigint | 'no_stream' | 'stream_exists' | 'any';

export const check = (streamName: string, expectedState: State) => ({
  type: 'stream_state' as const,
  streamName,
  expectedState,
});

/** What a read hands out, whole. */
export const all = async (read: Read): Promise<Resolved[]> => {
  const seen: Resolved[] = [];
  for await (const resolved of read) seen.push(resolved);
  return seen;
};

/** `stream@revision` of all that a read hands out. */
export const places = async (read: Read): Promise<string[]> =>
  (await all(read)).map(({ event: seen }) => `${seen!.streamId}@${seen!.revision}`);

/** The error that a promise ends with. */
export const errorOf = (promise: Promise<unknown>): Promise<Record<string, unknown>> =>
  promise.then(
    (value) => Promise.reject(new Error(`It succeeded: ${String(value)}`)),
    (error) => error,
  );
