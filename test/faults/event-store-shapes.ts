import { randomUUID } from 'node:crypto';
import { DatabaseSync } from 'node:sqlite';
import { createSealing, type EventStore, openEventStore } from '@carat/event-store';
import { readLog, type Truth, truthOf } from './event-store-truth.ts';

const append = async (
  store: EventStore,
  stream: string,
  at: number,
  data: readonly object[],
): Promise<void> => {
  const events = data.map((some) => ({ id: randomUUID(), type: 'Happened', data: { ...some } }));
  const result = await store.append([{ stream, expected: at < 0 ? 'no_stream' : at, events }]);
  if (!result.appended) throw new Error(`A conflict on ${stream}.`);
};

const manyStreams = async (store: EventStore): Promise<void> => {
  for (let round = 0; round < 2; round++) {
    for (let n = 0; n < 40; n++)
      await append(store, `wallet-${n}`, round - 1, [{ n, round, text: 'x'.repeat(n) }]);
  }
};

/** Rows that go on in overflow pages, between short ones. */
const longRows = async (store: EventStore): Promise<void> => {
  const lengths = [10, 9_000, 200, 30_000, 3_500, 20, 5_000, 50, 12_000, 700];
  for (const [n, length] of lengths.entries()) {
    await append(store, `wallet-${n % 3}`, Math.floor(n / 3) - 1, [
      { n, text: 'abcdefgh'.repeat(length / 8) },
    ]);
  }
};

const oneLongStream = async (store: EventStore): Promise<void> => {
  for (let n = 0; n < 8; n++) {
    await append(
      store,
      'live-one',
      n * 20 - 1,
      Array.from({ length: 20 }, (_, place) => ({ n, place })),
    );
    await append(store, `wallet-${n}`, -1, [{ n }]);
  }
};

/** What lies before a seal is not looked at as the log is opened: every read has to tell by itself. */
const sealed = async (store: EventStore): Promise<void> => {
  await oneLongStream(store);
  for (let n = 0; n < 20; n++) await append(store, `live-${n}`, -1, [{ n }, { text: 'x'.repeat(n) }]);
  const sealing = createSealing({ store, now: Date.now });
  await sealing.gather(1_000);
  if ((await sealing.seal()) === undefined) throw new Error('It was not sealed.');
};

const vacuum = (path: string): void => {
  const db = new DatabaseSync(path);
  db.exec('VACUUM');
  db.close();
};

const shapes = {
  'many streams': { write: manyStreams, vacuumed: false },
  'long rows': { write: longRows, vacuumed: false },
  'sealed, vacuumed': { write: sealed, vacuumed: true },
  'one long stream, vacuumed': { write: oneLongStream, vacuumed: true },
} as const;

export type Shape = keyof typeof shapes;
export const shapeNames = Object.keys(shapes) as Shape[];

/** Writes a log of a shape, which is wholly in its one file in the end. */
export const writeShape = async (shape: Shape, path: string): Promise<Truth> => {
  const store = await openEventStore(`sqlite:${path}`);
  await shapes[shape].write(store);
  const truth = truthOf(await readLog(store));
  await store.close();
  if (shapes[shape].vacuumed) vacuum(path);
  return truth;
};
