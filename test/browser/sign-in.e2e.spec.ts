import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { signToken } from '@carat/service-kit';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { raiseStage, type Stage } from '../e2e/stage.ts';
import { figureOn, maxOpeningMs, openBrowser, seriousViolations, watchForFalls } from './browser.ts';

const output = join(import.meta.dirname, 'output');
const soon = { timeout: 20_000, interval: 50 };
/** Long enough to open a page and to tap, on a slow machine too. */
const shortSeconds = 8;

let browser: Browser | undefined;
let stage: Stage | undefined;

beforeAll(async () => {
  browser = await openBrowser();
  if (!browser) return;
  await mkdir(output, { recursive: true });
  stage = await raiseStage();
}, maxOpeningMs);
afterAll(async () => {
  await browser?.close();
  await stage?.stop();
});

const open = async (context: BrowserContext, live: string, token: string): Promise<Page> => {
  const page = await context.newPage();
  await page.goto(`${stage!.system.apiUrl}/room/?live=${live}#token=${token}`);
  return page;
};
/** Opens the room of a live with a sign-in that is short, and taps once. */
const openForShort = async (viewer: string) => {
  const { live, gift } = await stage!.openLive({ coins: 1 });
  await stage!.grant(viewer, 100);
  const context = await browser!.newContext();
  const endsAt = Date.now() + shortSeconds * 1_000;
  const page = await open(context, live, await stage!.token('viewer', viewer, shortSeconds));
  await page.getByText('Your sign-in runs out at').waitFor();
  await rose(page).click();
  await expect.poll(() => figureOn(page, 'Coins'), soon).toBe(1);
  return { live, gift, context, page, endsAt };
};
const rose = (page: Page) => page.getByRole('button', { name: 'Rose' }).first();
const strip = (page: Page) => page.getByRole('complementary', { name: 'Sign-in' }).count();

it('a page takes over the newer token of a tab beside it, and never loses its connection', async () => {
  if (!browser || !stage) return;
  const { live, context, page, endsAt } = await openForShort('mira');
  const pills = await page.evaluateHandle(() => {
    const seen: string[] = [];
    const pill = document.querySelector('.frame-actions .pill')!;
    const look = () => seen.push(pill.textContent ?? '');
    new MutationObserver(look).observe(pill, { childList: true, characterData: true, subtree: true });
    return seen;
  });
  const fallsOn = await watchForFalls(page);
  const other = await open(context, live, await stage.token('viewer', 'jonas'));
  await expect.poll(() => figureOn(other, 'Coins'), soon).toBe(1);
  expect(await strip(page), 'a token of somebody else renews nothing').toBe(1);
  await open(context, live, await stage.token('viewer', 'mira'));
  await expect.poll(() => strip(page), soon).toBe(0);
  await expect.poll(() => Date.now(), soon).toBeGreaterThan(endsAt + 1_000);
  await rose(page).click();
  await expect.poll(() => figureOn(page, 'Coins'), soon).toBe(2);
  await expect.poll(() => figureOn(page, 'balance'), soon).toBe(98);
  expect(await pills.jsonValue()).toEqual([]);
  expect((await fallsOn()).falls).toEqual([]);
  await page.reload();
  await expect.poll(() => figureOn(page, 'balance'), soon).toBe(98);
});

it('a page whose sign-in ran out says so, and goes on as it was with a token that is pasted', async () => {
  if (!browser || !stage) return;
  const { live, gift, page } = await openForShort('noor');
  await page.getByText('Your sign-in ran out at').waitFor();
  await page.getByText('Not let in').waitFor();
  expect(await rose(page).isDisabled()).toBe(true);
  await page.screenshot({ path: join(output, 'sign-in-end-light.png') });
  await page.setViewportSize({ width: 390, height: 844 });
  await page.screenshot({ path: join(output, 'sign-in-end-phone.png') });
  expect(await seriousViolations(page)).toEqual([]);
  const platform = await stage.join('service', 'platform');
  await platform.claim({ combo: platform.newComboId(), live, gift, count: 5, viewer: 'noor' });

  const fallsOn = await watchForFalls(page);
  const token = page.getByLabel('Token');
  await token.fill('no.token');
  await page.getByRole('button', { name: 'Use it' }).click();
  await page.getByText('That is no token').waitFor();
  await token.fill(await stage.token('viewer', 'noor'));
  await token.press('Enter');
  await page.getByText('Connected').waitFor();
  expect(await strip(page)).toBe(0);
  await rose(page).click();
  await expect.poll(() => figureOn(page, 'Coins'), soon).toBe(7);
  expect((await fallsOn()).falls).toEqual([]);
  const counts = await page.locator('.line-own .line-count').allTextContents();
  expect(counts.map((count) => Number(count.replace('×', ''))).reduce((sum, n) => sum + n)).toBe(7);
});

it('an overlay whose token ran out shows a mark and no word, but says what was never right', async () => {
  if (!browser || !stage) return;
  const { live } = await stage.openLive({ coins: 1 });
  const overlay = async (of: string, ttlSeconds: number): Promise<Page> => {
    const token = await signToken({ sub: 'overlay', roles: [], ttlSeconds }, stage!.system.secret);
    const page = await browser!.newPage();
    await page.goto(`${stage!.system.apiUrl}/overlay/?live=${of}#token=${token}`);
    return page;
  };
  const short = await overlay(live, 2);
  await short.locator('.overlay-mark').waitFor();
  expect(await short.locator('body').textContent()).not.toMatch(/sign-in|link/i);
  await (await overlay('nowhere', 60)).getByText('There is no such live').waitFor();
});

it('the console opens the jobs in a tab beside, and no address holds its token', async () => {
  if (!browser || !stage) return;
  const context = await browser.newContext();
  const asked: string[] = [];
  context.on('request', (request) => asked.push(request.url()));
  const token = await stage.token('operator', 'olga');
  const page = await context.newPage();
  await page.goto(`${stage.system.apiUrl}/console/#token=${token}`);
  const opened = context.waitForEvent('page');
  await page.getByRole('button', { name: 'Look at the jobs' }).click();
  const jobs = await opened;
  await jobs.waitForURL('**/operators/queues**');
  await jobs.getByText('units').first().waitFor();
  expect(asked.filter((url) => url.replace(/#.*/, '').includes(token))).toEqual([]);
});
