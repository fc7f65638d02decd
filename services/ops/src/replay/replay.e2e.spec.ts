import { randomUUID } from 'node:crypto';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Carat, connect, type FeedPart } from '@carat/client';
import { type EventStore, openEventStore } from '@carat/event-store';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { runCarat, startCarat } from '../testing/run-carat.ts';

const began = Date.parse('2026-06-10T12:00:00Z');
const bookings = 60;

let dir: string;
let store: EventStore;
let client: Carat | undefined;

/** A live of a past day: every second booking by the same viewer, 200 ms apart. */
const writeLive = async (): Promise<void> => {
  const started = { live: 'one', creator: 'cleo', title: null, by: 'platform', at: began };
  const append = (stream: string, after: number, type: string, data: object) =>
    store.append([
      {
        stream,
        expected: after < 0 ? 'no_stream' : after,
        events: [{ id: randomUUID(), type, data: { ...data } }],
      },
    ]);
  await append('log', -1, 'LogCreated', { logId: randomUUID() });
  await append('live-one', -1, 'LiveStarted', started);
  const revisions = new Map<string, number>();
  for (let n = 0; n < bookings; n++) {
    const viewer = n % 2 === 0 ? 'ann' : `viewer-${n}`;
    const stream = `wallet-${viewer}`;
    const after = revisions.get(stream) ?? -1;
    revisions.set(stream, after + 1);
    await append(stream, after, 'GiftSent', {
      combo: randomUUID(),
      viewer,
      live: n % 10 === 9 ? 'another' : 'one',
      creator: 'cleo',
      gift: 'rose',
      booked: 1,
      count: 1,
      coins: 1 + n,
      millidiamonds: 500 * (1 + n),
      unitCoins: 1 + n,
      rate: 500,
      at: began + n * 200,
      after: { balance: 0 },
    });
  }
};

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'carat-replay-spec-'));
  store = await openEventStore(`sqlite:${join(dir, 'log.db')}`);
  await writeLive();
});
afterAll(async () => {
  client?.close();
  await store.close();
  await rm(dir, { recursive: true, force: true });
});

const env = () => ({ CARAT_EVENT_STORE: `sqlite:${join(dir, 'log.db')}` });

it('lets a past live happen again for who watches, and leaves nothing behind', async () => {
  const before = await store.head();
  let stdout = '';
  const replay = startCarat(['replay', 'one', '--speed', '5', '--after', '1', '--json'], env());
  replay.child.stdout!.on('data', (text: string) => {
    stdout += text;
  });
  await vi.waitFor(() => expect(stdout).toContain('\n'), { timeout: 30_000 });
  const watch = JSON.parse(stdout.split('\n')[0]!);
  expect(watch).toMatchObject({ live: 'one', creator: 'cleo' });

  client = await connect({ url: watch.gateway, token: () => watch.token });
  const parts: FeedPart[] = [];
  const watching = client.watch('one', { onFeed: (part) => parts.push(part) });
  await watching.ready;
  const own = Array.from({ length: bookings }, (_, n) => n).filter((n) => n % 10 !== 9);
  const coins = own.reduce((sum, n) => sum + 1 + n, 0);
  await vi.waitFor(
    () =>
      expect(watching.numbers?.totals).toMatchObject({
        coins,
        gifts: own.length,
        millidiamonds: coins * 500,
      }),
    { timeout: 30_000 },
  );
  await vi.waitFor(() => expect(stdout).toContain(`"bookings":${own.length}`), { timeout: 10_000 });
  const { ms } = JSON.parse(stdout.trimEnd().split('\n')[1]!);
  // The last one came 58 × 200 ms after the first, at five times that pace.
  expect(ms).toBeGreaterThanOrEqual(2_300);

  replay.child.kill('SIGINT');
  expect((await replay.ended).code).toBe(130);
  expect(await store.head()).toEqual(before);
  expect((await readdir(tmpdir())).filter((name) => name.startsWith('carat-replay-'))).toEqual([
    dir.split('/').at(-1),
  ]);
});

it('refuses a live that never was, in one sentence', async () => {
  const refused = await runCarat(['replay', 'nobody'], env());
  expect(refused).toMatchObject({ code: 2, stderr: 'There is no live nobody in the log.\n' });
});
