import { Redis } from 'ioredis';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { raiseStage, type Stage } from './stage.ts';
import { grantAll, metricOf, storm } from './storm.ts';
import { type Watcher, watch } from './watcher.ts';

let stage: Stage;
let viewers: string[];

beforeAll(async () => {
  stage = await raiseStage({ gateways: 2 });
  viewers = await grantAll(stage, 20);
});
afterAll(() => stage.stop());

const watchAll = async (live: string, creator: string, count: number): Promise<Watcher[]> =>
  Promise.all(
    Array.from({ length: count }, async (_, n) => {
      const url = stage.system.gatewayUrls[n % 2]!;
      if (n < 2) return watch(url, live, await stage.token('creator', creator));
      return watch(url, live, await stage.token('viewer', `watcher-${n}`));
    }),
  );

/** Everyone has seen every booking, once and in the order of the log, and stands on the exact totals. */
const expectAllSeen = async (watchers: readonly Watcher[], booked: readonly string[]): Promise<void> => {
  for (const watcher of watchers) {
    await expect.poll(() => watcher.seen.length, { timeout: 15_000 }).toBe(booked.length);
    expect(watcher.seen.map(({ combo }) => combo).sort()).toEqual([...booked].sort());
    expect(watcher.gaps()).toBe(0);
    const totals = () => watcher.tick()?.totals;
    await expect
      .poll(totals, { timeout: 5_000 })
      .toMatchObject({ gifts: booked.length, coins: booked.length });
  }
  const [first, ...others] = watchers.map(({ seen }) => seen.map(({ position }) => position));
  for (const other of others) expect(other).toEqual(first);
};

const over = (ms: number, times: number, act: (n: number) => unknown): Promise<void> =>
  new Promise((resolve) => {
    let n = 0;
    const timer = setInterval(() => {
      act(n++);
      if (n < times) return;
      clearInterval(timer);
      resolve();
    }, ms / times);
  });

it('messages of the read models that are lost in a storm are noticed and made good', async () => {
  const { live, gift, creator } = await stage.openLive();
  const watchers = await watchAll(live, creator, 12);
  const gapsBefore = await metricOf(stage.system.gatewayUrls[1]!, 'carat_unit_gaps_total');
  const stop = await storm(stage, { live, gift, viewers, perSecond: 500 });
  const redis = new Redis(stage.system.redisUrl);
  await over(3_000, 6, () => redis.call('CLIENT', 'KILL', 'TYPE', 'pubsub'));
  const booked = await stop();
  expect(booked.length).toBeGreaterThan(1_000);
  await expectAllSeen(watchers, booked);
  expect(await metricOf(stage.system.gatewayUrls[1]!, 'carat_unit_gaps_total')).toBeGreaterThan(gapsBefore);
  redis.disconnect();
  for (const watcher of watchers) watcher.close();
});

it('clients that are cut, again and again, miss no booking and get none twice', async () => {
  const { live, gift, creator } = await stage.openLive();
  const watchers = await watchAll(live, creator, 40);
  const stop = await storm(stage, { live, gift, viewers, perSecond: 400 });
  await over(4_000, 80, (n) => watchers[n % watchers.length]!.cut());
  await expectAllSeen(watchers, await stop());
  expect(await metricOf(stage.system.gatewayUrls[1]!, 'carat_missed_pages_total')).toBeGreaterThan(0);
  for (const watcher of watchers) watcher.close();
});

it('a gateway that is killed under its clients takes no booking with it', async () => {
  const { live, gift, creator } = await stage.openLive();
  const watchers = await watchAll(live, creator, 20);
  const stop = await storm(stage, { live, gift, viewers, perSecond: 200 });
  await over(3_000, 2, () => stage.system.process('gateway-2').kill('SIGKILL'));
  await expectAllSeen(watchers, await stop());
  for (const watcher of watchers) watcher.close();
});
