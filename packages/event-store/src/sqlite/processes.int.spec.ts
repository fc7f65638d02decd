import { type ChildProcess, execFileSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdtempSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it, vi } from 'vitest';
import { append, medianMs, readWholeLog, readWholeStream } from '../laws/fixtures.ts';
import type { StoredEvent } from '../port.ts';
import type { Said } from './appender.fixture.ts';
import { watchedPollMs } from './doorbell.ts';
import { openSqliteStore } from './store.ts';
import { type Appender, answered, kill, start as startAppender, stop } from './testing/children.ts';

const folder = mkdtempSync(join(tmpdir(), 'carat-processes-'));
const children = new Set<ChildProcess>();
afterAll(() => {
  for (const child of children) child.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});

/** The same, ended after the specs at the latest. */
const start = async (...args: Parameters<typeof startAppender>): Promise<Appender> => {
  const appender = await startAppender(...args);
  children.add(appender.child);
  return appender;
};

const until = async (appender: Appender, appends: number): Promise<void> => {
  const count = () => answered(appender.said).filter(({ result }) => result.appended).length;
  const wanted = count() + appends;
  await vi.waitFor(() => expect(count()).toBeGreaterThanOrEqual(wanted), { timeout: 15_000, interval: 2 });
};

const proveGapless = (log: readonly StoredEvent[]): void => {
  expect(log.map(({ position }) => position)).toEqual(log.map((_, place) => String(place + 1)));
  for (const events of Map.groupBy(log, ({ stream }) => stream).values()) {
    expect(events.map(({ revision }) => revision)).toEqual(events.map((_, place) => place));
  }
};

/**
 * Everything that was answered is in the log as it was answered, and no part of an append is without the
 * other.
 */
const proveAnswers = (log: readonly StoredEvent[], said: readonly Said[]): void => {
  const byId = new Map(log.map((event) => [event.id, event]));
  for (const { ids, streams, result } of answered(said)) {
    const events = ids.map((id) => byId.get(id));
    if (!result.appended) {
      expect(events).toEqual(ids.map(() => undefined));
      continue;
    }
    expect(events.map((event) => event?.stream)).toEqual(streams);
    expect(events.map((event) => event?.revision)).toEqual(result.revisions);
  }
};

const proveWhole = (log: readonly StoredEvent[], name: string): void => {
  for (let place = 0; place < 64; place += 1) {
    const lengths = [`${name}-${place}`, `${name}-b-${place}`].map(
      (stream) => log.filter((event) => event.stream === stream).length,
    );
    expect(lengths[0]).toBe(lengths[1]);
  }
};

it('L35: processes append to one log at once: nothing lost, nothing twice, no gap', async () => {
  const path = join(folder, 'at-once.db');
  const appenders = await Promise.all(['one', 'two', 'three'].map((name) => start(path, 'append', name)));
  await Promise.all(appenders.map((appender) => until(appender, 200)));
  await Promise.all(appenders.map(stop));
  const store = await openSqliteStore(path);
  const log = await readWholeLog(store);
  proveGapless(log);
  for (const { said } of appenders) proveAnswers(log, said);
  const through = appenders.flatMap(({ said }) => answered(said).filter(({ result }) => result.appended));
  expect(through.flatMap(({ ids }) => ids).sort()).toEqual(log.map(({ id }) => id).sort());
  expect(await readWholeStream(store, 'shared-1')).toHaveLength(through.length);
  await store.close();
});

it('wakes the listeners of other processes', async () => {
  const path = join(folder, 'wake.db');
  const store = await openSqliteStore(path);
  const listener = await start(path, 'listen', 'listener');
  const { said } = listener;
  const delay = await medianMs(11, async (place) => {
    const id = randomUUID();
    await append(store, `a-${place}`, 'no_stream', [{ id, type: 'Happened', data: {} }]);
    await vi.waitFor(() => expect(said).toContainEqual({ woken: id }), { timeout: 5_000, interval: 1 });
  });
  // Far less than looking by and by, which makes up for lost rings.
  expect(delay).toBeLessThan(watchedPollMs / 4);
  await stop(listener);
  await store.close();
});

it('rests while nobody appends: far from how often it would wake if it looked every 10 ms', async () => {
  const path = join(folder, 'rest.db');
  const [resting, polling] = [await start(path, 'rest', 'resting'), await start(path, 'poll', 'polling')];
  await vi.waitFor(() => expect(polling.said).toContainEqual({ looked: true }), { timeout: 20_000 });
  await Promise.all([stop(resting), stop(polling)]);
  const [rest, poll] = [resting, polling].map(({ said }) => said.find((message) => 'rested' in message)!);
  expect(rest!.rested).toBeLessThan(poll!.rested / 4);
  expect(rest!.calls).toBe(0);
});

it('a process whose log was replaced by force drops what it knew, and goes on with the other', async () => {
  const [path, other] = [join(folder, 'replaced.db'), join(folder, 'other.db')];
  const appender = await start(path, 'faults', 'one');
  await until(appender, 50);
  const listener = await start(path, 'listen', 'listener');
  const store = await openSqliteStore(other);
  await append(store, 'one-1', 'no_stream', [{ id: randomUUID(), type: 'Happened', data: {} }]);
  const head = await store.head();
  await store.close();
  const conflicts = () => answered(appender.said).filter(({ result }) => !result.appended);
  expect(conflicts()).toEqual([]);
  for (const ending of ['-wal', '-shm']) rmSync(path + ending, { force: true });
  renameSync(other, path);
  await vi.waitFor(() => expect(listener.said).toContainEqual({ woken: head?.id }), { timeout: 10_000 });
  await vi.waitFor(
    () =>
      expect(conflicts().at(-1)?.result).toMatchObject({
        conflicts: [{ stream: 'one-1', actual: 0 }],
      }),
    { timeout: 10_000 },
  );
  await Promise.all([stop(appender), stop(listener)]);
  const again = await openSqliteStore(path);
  expect((await readWholeLog(again)).map(({ id }) => id)).toEqual([head?.id]);
  await again.close();
});

it.each([
  ['alone', false],
  ['while another process has the log open', true],
])('L2, L34: kill -9 at full speed loses nothing that was answered, %s', async (_, watched) => {
  const path = join(folder, `killed-${watched}.db`);
  const said: Said[] = [];
  const watcher = watched ? await openSqliteStore(path) : undefined;
  for (const name of ['first', 'second', 'third']) {
    const appender = await start(path, 'fast', name);
    await until(appender, 500);
    await kill(appender);
    said.push(...appender.said);
    const store = await openSqliteStore(path);
    const log = await readWholeLog(store);
    proveGapless(log);
    proveAnswers(log, said);
    proveWhole(log, name);
    if (watcher) expect(await readWholeLog(watcher)).toEqual(log);
    await store.close();
  }
  await watcher?.close();
});

it('a disk that refuses to write refuses appends, and once it writes again they go on', async () => {
  const path = join(folder, 'limited.db');
  const limitBytes = 1_000_000;
  const appender = await start(path, 'faults', 'limited', ['prlimit', `--fsize=${limitBytes}:unlimited`]);
  const failures = () => appender.said.filter((message) => 'failed' in message);
  await vi.waitFor(() => expect(failures().length).toBeGreaterThan(5), { timeout: 20_000, interval: 10 });
  execFileSync('prlimit', ['--pid', String(appender.child.pid), '--fsize=unlimited:unlimited']);
  await until(appender, 50);
  await stop(appender);
  expect(new Set(failures().map(({ failed }) => failed))).toEqual(new Set(['unavailable']));
  const store = await openSqliteStore(path);
  const log = await readWholeLog(store);
  proveGapless(log);
  proveAnswers(log, appender.said);
  await store.close();
});
