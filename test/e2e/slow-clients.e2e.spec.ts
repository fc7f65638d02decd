import { once } from 'node:events';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { raiseStage, type Stage } from './stage.ts';
import { grantAll, metricOf, storm } from './storm.ts';
import { watch } from './watcher.ts';

const MiB = 1_024 * 1_024;
let stage: Stage;

beforeAll(async () => {
  stage = await raiseStage();
});
afterAll(() => stage.stop());

type Onlooker = { readonly waits: number[]; close(): void };

/**
 * Watches, and notes how old the first booking of each part is; by hand, as many of the real clients would
 * keep this process busier than the gateway.
 */
const lookOn = async (live: string, n: number): Promise<Onlooker> => {
  const url = `${stage.system.gatewayUrls[0]!.replace('http', 'ws')}/socket.io/?EIO=4&transport=websocket`;
  const socket = new WebSocket(url);
  const waits: number[] = [];
  socket.addEventListener('message', ({ data }) => {
    const said = String(data);
    if (said === '2') socket.send('3');
    const at = said.startsWith('42["live:feed"') ? /"at":(\d+)/.exec(said)![1] : undefined;
    if (at) waits.push(Date.now() - Number(at));
  });
  const hear = (start: string): Promise<void> =>
    new Promise((resolve) => {
      socket.addEventListener('message', ({ data }) => String(data).startsWith(start) && resolve());
    });
  await once(socket, 'open');
  const welcome = hear('42["welcome"');
  socket.send(`40${JSON.stringify({ token: await stage.token('viewer', `onlooker-${n}`) })}`);
  await welcome;
  const snapshot = hear('430');
  socket.send(`420["live:watch",${JSON.stringify({ live })}]`);
  await snapshot;
  return { waits, close: () => socket.close() };
};

const p99 = (waits: readonly number[]): number =>
  waits.toSorted((a, b) => a - b)[Math.floor(waits.length * 0.99)]!;

it('who stops reading costs little, is let go, and misses nothing when it comes back', async () => {
  const { live, creator } = await stage.openLive();
  const url = stage.system.gatewayUrls[0]!;
  // Long ids make large parts, which sooner fill what the machine itself keeps for who does not read.
  const gift = 'g'.repeat(128);
  await stage.ask('PUT', `/catalogue/${gift}`, { name: 'Rose', coins: 1, streakable: true });
  const viewers = await grantAll(stage, 20, `${'v'.repeat(90)}-`);
  const onlookers = await Promise.all(Array.from({ length: 30 }, (_, n) => lookOn(live, n)));
  const stalled = await Promise.all(
    Array.from({ length: 4 }, async () => watch(url, live, await stage.token('creator', creator))),
  );
  const takeWaits = (): number[] => onlookers.flatMap(({ waits }) => waits.splice(0));
  const stop = await storm(stage, { live, gift, viewers, perSecond: 1_000 });

  await expect.poll(() => onlookers[0]!.waits.length, { timeout: 10_000 }).toBeGreaterThan(16);
  const before = p99(takeWaits());
  const goOn = stalled.map((watcher) => watcher.stall());
  let most = 0;
  const areLetGo = async (): Promise<number> => {
    most = Math.max(most, await metricOf(url, 'carat_unsent_bytes'));
    return metricOf(url, 'carat_slow_clients_total');
  };
  await expect.poll(areLetGo, { timeout: 60_000, interval: 100 }).toBe(stalled.length);
  // What waited for them is freed, though they have not noticed yet.
  await expect.poll(() => metricOf(url, 'carat_unsent_bytes'), { timeout: 5_000 }).toBeLessThan(MiB);
  const during = p99(takeWaits());
  console.info(`p99 of others ${before} ms before, ${during} ms then; at most ${most} bytes waited`);
  expect(during).toBeLessThan(2 * before);
  // Within the bound, but for what comes between two looks.
  expect(most).toBeGreaterThan(MiB);
  expect(most).toBeLessThan(stalled.length * 2.5 * MiB);

  for (const resume of goOn) resume();
  const booked = await stop();
  for (const watcher of stalled) {
    await expect.poll(() => watcher.seen.length, { timeout: 30_000 }).toBe(booked.length);
    expect(watcher.seen.map(({ combo }) => combo).sort()).toEqual([...booked].sort());
    expect(watcher.gaps()).toBe(0);
    watcher.close();
  }
  for (const onlooker of onlookers) onlooker.close();
});
