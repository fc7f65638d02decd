import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { signToken } from '@carat/service-kit';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { looks } from './appearance.ts';
import { maxOpeningMs, openBrowser, seriousViolations } from './browser.ts';
import { type StandInApi, startStandInApi } from './stand-in-api.ts';
import { systemStates } from './system-states.ts';

/** Kept for whoever wants to see how the pages look; never in git. */
const output = join(import.meta.dirname, 'output');

let browser: Browser | undefined;
let api: StandInApi;
let address: string;

beforeAll(async () => {
  browser = await openBrowser();
  await mkdir(output, { recursive: true });
  api = await startStandInApi();
  const claims = { sub: 'olga', roles: ['operator'], ttlSeconds: 3_600 };
  address = `${api.url}/console/#token=${await signToken(claims, 'known to nobody who is asked here')}`;
}, maxOpeningMs);
afterAll(async () => {
  await browser?.close();
  await api?.close();
});

describe.each(Object.entries(systemStates))('the console of a system: %s', (name, { told, says }) => {
  it.concurrent.each(Object.entries(looks))('says so, and is readable: %s', async (look, options) => {
    if (!browser) return;
    api.tell(told);
    const context = await browser.newContext({ ...options, reducedMotion: 'reduce' });
    const page = await context.newPage();
    const faults: string[] = [];
    page.on('pageerror', (error) => faults.push(error.message));
    await page.goto(address);
    for (const words of says) await page.getByText(words).first().waitFor();
    const isWell = name === 'rebuilding';
    expect(await page.getByText('All is well').count()).toBe(isWell ? 1 : 0);
    await page.screenshot({ path: join(output, `console-${name}-${look}.png`), fullPage: true });
    expect(await seriousViolations(page)).toEqual([]);
    const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
    expect(overflow).toBeLessThanOrEqual(0);
    expect(faults).toEqual([]);
    await context.close();
  });
});

it('goes on showing what it knows, and of when that is, while the api is away', async () => {
  if (!browser) return;
  api.tell(systemStates.rebuilding!.told);
  const page = await (await browser.newContext()).newPage();
  await page.goto(address);
  await page.getByText('is being filled: 7,100 events').waitFor();
  api.tell(undefined);
  await page
    .getByText('Carat cannot be reached right now. It is tried again. What stands here is of')
    .waitFor();
  expect(await page.getByText('is being filled: 7,100 events').count()).toBe(1);
  api.tell(systemStates.behind!.told);
  await page.getByText('The queue is paused.').waitFor();
  await expect.poll(() => page.getByText('Carat cannot be reached').count(), { timeout: 20_000 }).toBe(0);
});
