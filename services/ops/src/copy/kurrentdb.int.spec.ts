import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  createSealCheck,
  createSealing,
  type EventStore,
  openEventStore,
  type SealFinding,
  sealsStream,
} from '@carat/event-store';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  type Double,
  startDouble,
} from '../../../../packages/event-store/src/kurrentdb/testing/double/double.ts';
import { runCarat } from '../testing/run-carat.ts';
import { type Copied, copyLog } from './copy.ts';
import { createWriter, readKept, writeSimulatedLive } from './testing/simulated-log.ts';

let dir: string;
let from: string;
let truth: Awaited<ReturnType<typeof readKept>>;
let double: Double;

const withStores = async <T>(
  urls: readonly string[],
  work: (...stores: EventStore[]) => Promise<T>,
): Promise<T> => {
  const stores = await Promise.all(urls.map((url) => openEventStore(url)));
  try {
    return await work(...stores);
  } finally {
    await Promise.all(stores.map((store) => store.close()));
  }
};
const keptAt = (url: string) => withStores([url], (store) => readKept(store!));

const copy = (
  from: string,
  to: string,
  onAppend: (appends: number) => void = () => undefined,
  signal = new AbortController().signal,
): Promise<Copied> =>
  withStores([from, to], (source, target) => {
    let appends = 0;
    const startProgress = (step: string) => ({
      update: () => {
        if (step !== 'copying') return;
        appends += 1;
        onAppend(appends);
      },
      stop: () => undefined,
    });
    return copyLog({ source: source!, target: target!, signal, startProgress });
  });

const seal = async (store: EventStore): Promise<void> => {
  const sealing = createSealing({ store, now: Date.now });
  while (!(await sealing.gather(1_000)));
  expect(await sealing.seal()).toBeDefined();
};

/** What a log's seals say of it. */
const checkSeals = async (store: EventStore) => {
  const findings: SealFinding[] = [];
  const check = createSealCheck((finding) => findings.push(finding));
  const seals = await store.readStream(sealsStream, { limit: 100 });
  for (const event of seals.exists ? seals.events : []) check.announce(event);
  for (const event of (await store.readAll({ limit: 10_000 })).events) check.see(event);
  return { ...check.finish(), findings };
};

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'carat-copy-'));
  from = `sqlite:${join(dir, 'source.db')}`;
  await withStores([from], async (store) => {
    await writeSimulatedLive(store!, 7);
    const write = createWriter(store!);
    await seal(store!);
    for (const stream of ['wallet-Ann', 'wallet-ann', 'wallet-Ann']) await write([stream, 'Happened', {}]);
    await seal(store!);
    truth = await readKept(store!);
  });
});
afterAll(() => rm(dir, { recursive: true, force: true }));
beforeEach(async () => {
  double = await startDouble();
});
afterEach(() => double.stop());

describe('copying between SQLite and the double of KurrentDB', () => {
  it('keeps everything on the way there and back', async () => {
    const there = await runCarat(['copy', '--from', from, '--to', double.url, '--json']);
    expect({ code: there.code, stderr: there.stderr }).toEqual({ code: 0, stderr: '' });
    expect(JSON.parse(there.stdout)).toMatchObject({ whole: true, copiedNow: truth.length, foundThere: 0 });
    expect(await keptAt(double.url)).toEqual(truth);
    const back = `sqlite:${join(dir, 'back.db')}`;
    const again = await runCarat(['copy', '--to', back, '--json'], { CARAT_EVENT_STORE: double.url });
    expect({ code: again.code, stderr: again.stderr }).toEqual({ code: 0, stderr: '' });
    expect(JSON.parse(again.stdout)).toMatchObject({ whole: true, copiedNow: truth.length });
    expect(await keptAt(back)).toEqual(truth);
  });

  it('leaves seals as they are, over the same events', async () => {
    await copy(from, double.url);
    const [was, is] = await withStores([from, double.url], (source, target) =>
      Promise.all([source!, target!].map(checkSeals)),
    );
    expect(is).toEqual({ ...was, findings: [] });
    expect(is).toMatchObject({ seals: 2, sealed: truth.length - 1, unsealed: 1 });
  });

  it('goes on while the server is killed and started again', async () => {
    let restarted: Promise<void> | undefined;
    const copied = await copy(from, double.url, (appends) => {
      if (appends === 5) restarted = double.restart();
    });
    await restarted;
    expect(copied).toMatchObject({ whole: true, copiedNow: truth.length });
    expect(await keptAt(double.url)).toEqual(truth);
  });

  it('goes on with what is there after it was interrupted', async () => {
    const stop = new AbortController();
    const enough = (appends: number): void => {
      if (appends === 5) stop.abort(new Error('enough'));
    };
    await expect(copy(from, double.url, enough, stop.signal)).rejects.toThrow('enough');
    const kept = await keptAt(double.url);
    expect(kept.length).toBeGreaterThan(4);
    expect(kept).toEqual(truth.slice(0, kept.length));
    const { whole, foundThere } = await copy(from, double.url);
    expect({ whole, foundThere }).toEqual({ whole: true, foundThere: kept.length });
    expect(await keptAt(double.url)).toEqual(truth);
  });

  it('writes nothing twice where answers are lost', async () => {
    double.faults.appends.next({ failure: 'cut', written: true });
    double.faults.appends.next({ failure: 'refuse' }, 2);
    double.faults.appends.next({ failure: 'timeout', written: true });
    expect(await copy(from, double.url)).toMatchObject({ whole: true });
    expect(await keptAt(double.url)).toEqual(truth);
  });

  it('refuses a server on which others have written', async () => {
    await withStores([double.url], (store) => createWriter(store!)(['foreign-1', 'Happened', {}]));
    const { code, stderr } = await runCarat(['copy', '--from', from, '--to', double.url]);
    expect(code).toBe(1);
    expect(stderr).toMatch(/^The first place that differs is event 1: .* Happened 0 of foreign-1, id .*\n$/);
    expect(await keptAt(double.url)).toHaveLength(1);
  });
});
