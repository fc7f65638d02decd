import { type ChildProcess, execFileSync, fork } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it, vi } from 'vitest';
import { append, medianMs, readWholeLog, readWholeStream } from '../laws/fixtures.ts';
import type { StoredEvent } from '../port.ts';
import type { Said } from './appender.fixture.ts';
import { openSqliteStore } from './store.ts';

const folder = mkdtempSync(join(tmpdir(), 'carat-processes-'));
const children = new Set<ChildProcess>();
afterAll(() => {
  for (const child of children) child.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});

type Appender = { readonly child: ChildProcess; readonly said: Said[] };
type Answered = Extract<Said, { ids: unknown }>;

const start = async (path: string, task: string, name: string, under: string[] = []): Promise<Appender> => {
  const script = join(import.meta.dirname, 'appender.fixture.ts');
  const [command = process.execPath, ...before] = [...under, process.execPath];
  const child = fork(script, [path, task, name], { execPath: command, execArgv: before });
  children.add(child);
  const said: Said[] = [];
  child.on('message', (message) => said.push(message as Said));
  await vi.waitFor(() => expect(said.some((message) => 'ready' in message)).toBe(true), { timeout: 10_000 });
  return { child, said };
};

/** Ends when the process has ended by itself: nothing of the store keeps it. */
const stop = async ({ child, said }: Appender): Promise<void> => {
  const exited = new Promise<number | null>((resolve) => child.once('exit', resolve));
  child.send('stop');
  expect(await exited).toBe(0);
  expect(said.at(-1)).toEqual({ done: true });
};

const kill = async ({ child }: Appender): Promise<void> => {
  const exited = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGKILL');
  await exited;
};

const answered = (said: readonly Said[]): Answered[] => said.filter((message) => 'ids' in message);

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
  const { child, said } = await start(path, 'listen', 'listener');
  const delay = await medianMs(11, async (place) => {
    const id = randomUUID();
    await append(store, `a-${place}`, 'no_stream', [{ id, type: 'Happened', data: {} }]);
    await vi.waitFor(() => expect(said).toContainEqual({ woken: id }), { timeout: 5_000, interval: 1 });
  });
  // Far less than looking by and by, which makes up for lost rings.
  expect(delay).toBeLessThan(300);
  await stop({ child, said });
  await store.close();
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
