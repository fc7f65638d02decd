import type { Browser } from 'playwright-core';
import { v7 } from 'uuid';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { raiseStage, type Stage } from '../e2e/stage.ts';
import { addressOf } from './addresses.ts';
import { figureOn, maxOpeningMs, openBrowser, watchForFalls } from './browser.ts';

const soon = { timeout: 30_000, interval: 50 };

let browser: Browser | undefined;
let stage: Stage | undefined;

beforeAll(async () => {
  browser = await openBrowser();
  if (!browser) return;
  stage = await raiseStage();
}, maxOpeningMs);
afterAll(async () => {
  await browser?.close();
  await stage?.stop();
});

it('no number on any page goes down in any frame while the gateway is killed and started again', {
  timeout: 120_000,
}, async () => {
  if (!browser || !stage) return;
  const { live, creator, gift } = await stage.openLive({ coins: 2 });
  await stage.ask('PUT', `/lives/${live}/goal`, { title: 'A song', coins: 100_000 });
  const viewers = ['mira', 'jonas', 'noor'];
  for (const viewer of viewers) await stage.grant(viewer, 1_000_000);
  const pages = await Promise.all(
    [
      await addressOf(stage, 'room/', 'viewer', 'mira', `?live=${live}`),
      await addressOf(stage, 'studio/', 'creator', creator, `?live=${live}`),
      await addressOf(stage, 'overlay/', 'none', 'overlay', `?live=${live}`),
    ].map(async (address) => {
      const page = await (await browser!.newContext()).newPage();
      await page.goto(address);
      return page;
    }),
  );
  const [room, studio, overlay] = pages as [(typeof pages)[0], (typeof pages)[0], (typeof pages)[0]];
  const everywhere = () =>
    Promise.all([figureOn(room, 'Coins'), figureOn(studio, 'Coins'), figureOn(overlay, 'goal')]);

  let running = true;
  const platform = await stage.join('service', 'platform');
  const giving = viewers.map(async (viewer) => {
    const combo = v7();
    let coins = 0;
    for (let count = 1; running; count++) {
      coins = (await platform.claim({ combo, live, gift, count, viewer })).coins;
    }
    return coins;
  });
  await expect.poll(everywhere, soon).toEqual([expect.any(Number), expect.any(Number), expect.any(Number)]);
  const seen = await Promise.all(pages.map(watchForFalls));

  for (const signal of ['SIGKILL', 'SIGTERM'] as const) {
    const [before] = await everywhere();
    stage.system.process('gateway').kill(signal);
    await expect.poll(async () => (await everywhere())[0]! - before!, soon).toBeGreaterThan(50);
    await stage.system.process('gateway').ready();
  }
  running = false;
  const given = (await Promise.all(giving)).reduce((sum, coins) => sum + coins, 0);

  await expect.poll(everywhere, soon).toEqual([given, given, given]);
  for (const look of seen) {
    const { falls, frames } = await look();
    expect(falls).toEqual([]);
    expect(frames).toBeGreaterThan(100);
  }
});
