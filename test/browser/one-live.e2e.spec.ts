import { findFreePorts } from '@carat/local';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { raiseStage, type Stage } from '../e2e/stage.ts';
import { addressOf } from './addresses.ts';
import { figureOn, maxOpeningMs, openBrowser, watchForFalls } from './browser.ts';
import { type Cuttable, startCuttable } from './cuttable.ts';

const soon = { timeout: 20_000, interval: 100 };
const coins = 3;
/** For 33 gifts, and one coin over. */
const granted = 100;

let browser: Browser | undefined;
let stage: Stage | undefined;
let network: Cuttable | undefined;

beforeAll(async () => {
  browser = await openBrowser();
  if (!browser) return;
  const [api, gateway, projector] = (await findFreePorts(3)) as [number, number, number];
  network = await startCuttable(gateway);
  stage = await raiseStage({ ports: { api, gateway, projector }, env: { CARAT_GATEWAY_URL: network.url } });
}, maxOpeningMs);
afterAll(async () => {
  await browser?.close();
  await stage?.stop();
  await network?.close();
});

const open = async (address: string): Promise<Page> => {
  const page = await (await browser!.newContext()).newPage();
  await page.goto(address);
  return page;
};

it('a viewer taps 30 times through a cut of the network, and everybody sees the same', {
  timeout: 120_000,
}, async () => {
  if (!browser || !stage || !network) return;
  const { live, creator, gift } = await stage.openLive({ coins });
  await stage.ask('PUT', `/lives/${live}/goal`, { title: 'A song', coins: 50 });
  await stage.grant('mira', granted);
  const room = await open(await addressOf(stage, 'room/', 'viewer', 'mira', `?live=${live}`));
  const studio = await open(await addressOf(stage, 'studio/', 'creator', creator, `?live=${live}`));
  const overlay = await open(await addressOf(stage, 'overlay/', 'none', 'overlay', `?live=${live}`));
  const pages = [room, studio, overlay];
  const everywhere = () =>
    Promise.all([figureOn(room, 'Coins'), figureOn(studio, 'Coins'), figureOn(overlay, 'goal')]);
  await expect.poll(everywhere, soon).toEqual([0, 0, 0]);
  await expect.poll(() => figureOn(room, 'balance'), soon).toBe(granted);
  const seen = await Promise.all(pages.map(watchForFalls));

  const rose = room.getByRole('button', { name: 'Rose' });
  await expect.poll(() => rose.isEnabled(), soon).toBe(true);
  for (let taps = 0; taps < 12; taps++) await rose.click({ noWaitAfter: true });
  network.cut();
  await expect.poll(() => room.getByText('Connecting again').count(), soon).toBe(1);
  await rose.focus();
  for (let taps = 0; taps < 10; taps++) await room.keyboard.press('Enter');
  network.restore();
  for (let taps = 0; taps < 8; taps++) await room.keyboard.press('Enter');

  await expect.poll(everywhere, soon).toEqual([90, 90, 90]);
  await expect.poll(() => figureOn(studio, 'Gifts'), soon).toBe(30);
  await expect.poll(() => figureOn(studio, 'Diamonds'), soon).toBe(90);
  expect(await figureOn(room, 'balance')).toBe(granted - 90);
  // Where a machine is slow enough for a pause, the taps are more than one combo.
  const counts = await room.locator('.line-own .line-count').allTextContents();
  expect(counts.reduce((sum, count) => sum + Number(count.replace('×', '')), 0)).toBe(30);
  await expect.poll(() => overlay.locator('.combo-count').count(), soon).toBeGreaterThan(0);

  for (let taps = 0; taps < 10; taps++) await rose.click({ noWaitAfter: true });
  const said = room.getByText('Your wallet does not hold enough coins');
  await expect.poll(() => said.count(), soon).toBe(1);
  await expect.poll(everywhere, soon).toEqual([99, 99, 99]);
  await expect.poll(() => figureOn(room, 'balance'), soon).toBe(1);
  expect(await said.textContent()).toContain('1 coin, which pays for no gift any more');
  expect(await stage.ask('GET', `/lives/${live}/totals`)).toMatchObject({
    coins: 99,
    gifts: 33,
    perGift: [{ gift, gifts: 33, coins: 99 }],
  });
  for (const look of seen) {
    const { falls, frames } = await look();
    expect(falls).toEqual([]);
    expect(frames).toBeGreaterThan(50);
  }
});

it('a wallet that is spent to the last coin says so, and a blocked viewer is told', {
  timeout: 60_000,
}, async () => {
  if (!browser || !stage) return;
  const { live, creator } = await stage.openLive({ coins: 1 });
  await stage.grant('noor', 40);
  const room = await open(await addressOf(stage, 'room/', 'viewer', 'noor', `?live=${live}`));
  const studio = await open(await addressOf(stage, 'studio/', 'creator', creator, `?live=${live}`));
  const gift = room.getByRole('button', { name: 'Rose 1 coin' }).first();
  /** Taps until something is said: what a creator decides is heard of at the gateway a moment later. */
  const tapUntil = (said: string) =>
    expect
      .poll(async () => {
        await gift.click();
        return room.getByText(said).count();
      }, soon)
      .toBe(1);
  await gift.click();
  await expect.poll(() => figureOn(room, 'balance'), soon).toBe(39);
  await studio.getByRole('button', { name: 'Block noor' }).click();
  await expect.poll(() => studio.getByRole('button', { name: 'Let noor back in' }).count(), soon).toBe(2);
  await tapUntil('takes no gifts from you');
  expect(await figureOn(room, 'balance')).toBeGreaterThan(0);
  await studio.getByRole('button', { name: 'Let noor back in' }).first().click();
  await expect.poll(() => studio.getByRole('button', { name: 'Block noor' }).count(), soon).toBe(1);
  await tapUntil('Your wallet is empty.');
  expect(await figureOn(room, 'balance')).toBe(0);
  expect(await stage.ask('GET', '/wallets/noor')).toMatchObject({ balance: 0 });
});
