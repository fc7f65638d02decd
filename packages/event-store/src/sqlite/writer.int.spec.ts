import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, expect, it } from 'vitest';
import { newEvents, write } from '../laws/fixtures.ts';
import type { Expected } from '../port.ts';
import { prepareAppend } from '../validate.ts';
import { createSchema } from './schema.ts';
import { openSqliteStore } from './store.ts';
import { StreamCache } from './streams.ts';
import { Writer } from './writer.ts';

const folder = mkdtempSync(join(tmpdir(), 'carat-writer-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A real database whose next COMMIT can be made to end as a failing disk would end it. */
const withFaults = (name: string) => {
  const db = new DatabaseSync(join(folder, name));
  createSchema(db);
  const fault: { code: number | undefined; before: boolean } = { code: undefined, before: true };
  const failing = new Proxy(db, {
    get: (target, key) => {
      const value: unknown = Reflect.get(target, key, target);
      if (key !== 'prepare') return typeof value === 'function' ? value.bind(target) : value;
      return (sql: string) => (sql === 'COMMIT' ? failingCommit(target) : target.prepare(sql));
    },
  });
  const failingCommit = (target: DatabaseSync) => ({
    run: () => {
      if (fault.code === undefined || !fault.before) target.exec('COMMIT');
      if (fault.code !== undefined) throw Object.assign(new Error('disk I/O error'), { errcode: fault.code });
    },
  });
  const writer = new Writer(failing, new StreamCache(db, 100), () => 1, Date.now);
  const count = () => db.prepare('SELECT count(*) AS events FROM events').get()?.events;
  return { writer, fault, count, close: () => db.close() };
};

const failedFsync = 1034;
const failedWrite = 778;
const diskFull = 13;

it.each([
  ['the events are there all the same', false],
  ['the events are not there', true],
])(
  'L24: after a COMMIT whose fsync failed the outcome is unknown, and sending again settles it: %s',
  (_, before) => {
    const { writer, fault, count, close } = withFaults(`unknown-${before}.db`);
    const append = prepareAppend([write('a-1', 'no_stream', newEvents(2))]);
    Object.assign(fault, { code: failedFsync, before });
    expect(() => writer.commit([append])).toThrow(expect.objectContaining({ code: 'outcome_unknown' }));
    fault.code = undefined;
    expect(writer.commit([append])).toEqual([{ appended: true, position: '2', revisions: [1] }]);
    expect(count()).toBe(2);
    close();
  },
);

it.each([
  ['a write failed', failedWrite],
  ['the disk is full', diskFull],
])('after a COMMIT that could not write nothing was written, and is known not to be: %s', (_, code) => {
  const { writer, fault, count, close } = withFaults(`${code}.db`);
  const append = prepareAppend([write('a-1', 'no_stream', newEvents(2))]);
  writer.commit([append]);
  fault.code = code;
  const next = prepareAppend([write('a-1', 1, newEvents(1)), write('a-2', 'no_stream', newEvents(1))]);
  expect(() => writer.commit([next])).toThrow(expect.objectContaining({ code: 'unavailable' }));
  expect(count()).toBe(2);
  fault.code = undefined;
  expect(writer.commit([next])).toEqual([{ appended: true, position: '4', revisions: [2, 0] }]);
  close();
});

it('leaves nothing moved where another connection has overtaken the last stream of an append', async () => {
  const path = join(folder, 'overtaken.db');
  const [mine, theirs] = [await openSqliteStore(path), await openSqliteStore(path)];
  const one = (stream: string, expected: Expected) => write(stream, expected, newEvents(1));
  await mine.append([one('a-1', 'no_stream'), one('a-2', 'no_stream')]);
  await theirs.append([one('a-2', 0)]);
  expect(await mine.append([one('a-1', 0), one('a-3', 'no_stream'), one('a-2', 0)])).toEqual({
    appended: false,
    conflicts: [{ stream: 'a-2', expected: 0, actual: 1 }],
  });
  for (const store of [mine, theirs]) {
    expect(await store.readStream('a-1', { limit: 10 })).toMatchObject({ exists: true, last: 0 });
    expect(await store.readStream('a-3', { limit: 10 })).toEqual({ exists: false });
  }
  // What only the other connection has written is found out before anyone is refused.
  await theirs.append([one('a-2', 1)]);
  expect(await mine.append([one('a-1', 0), one('a-2', 2)])).toMatchObject({ revisions: [1, 3] });
  expect(await theirs.readStream('a-2', { limit: 10 })).toMatchObject({ last: 3 });
  await Promise.all([mine.close(), theirs.close()]);
});
