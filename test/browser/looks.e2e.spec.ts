import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { raiseStage, type Stage } from '../e2e/stage.ts';
import { addressOf } from './addresses.ts';
import { looks } from './appearance.ts';
import { maxOpeningMs, openBrowser, seriousViolations } from './browser.ts';
import { writePast } from './past.ts';

/** Kept for whoever wants to see how the pages look; never in git. */
const output = join(import.meta.dirname, 'output');
const soon = { timeout: 30_000, interval: 100 };
const dayMs = 86_400_000;
const creator = 'amara';
const live = 'evening-songs';
const viewer = 'sunny';

let browser: Browser | undefined;
let stage: Stage | undefined;
let folder: string;

beforeAll(async () => {
  browser = await openBrowser();
  if (!browser) return;
  await mkdir(output, { recursive: true });
  folder = await mkdtemp(join(tmpdir(), 'carat-looks-'));
  const eventStore = `sqlite:${join(folder, 'past.db')}`;
  const now = Date.now();
  const past = [26, 23, 19, 16, 12, 9, 5, 2].map((days, n) => ({
    seed: [16, 17, 0, 1, 26, 23, 28, 24][n]!,
    live: `songs-${n + 1}`,
    title: `Songs by request, no. ${n + 1}`,
    startedAt: now - days * dayMs,
    durationMs: (20 + 7 * (n % 3)) * 60_000,
    sendsPerMinute: 8 + 5 * (n % 4),
  }));
  const running = {
    seed: 24,
    live,
    title: 'Evening songs',
    startedAt: now - 41 * 60_000,
    durationMs: 40 * 60_000,
    sendsPerMinute: 30,
    goal: { title: 'A song of your choice', coins: 15_000 },
  };
  await writePast(eventStore, creator, [...past, running]);
  stage = await raiseStage({ eventStore });
  await stage.grant(viewer, 1_234);
  await vi.waitFor(async () => {
    const { gifts } = await stage!.ask('GET', `/lives/${live}/totals`);
    expect(gifts).toBeGreaterThan(1_000);
  }, soon);
}, maxOpeningMs);
afterAll(async () => {
  await browser?.close();
  await stage?.stop();
  if (folder) await rm(folder, { recursive: true });
});

type Shown = {
  readonly address: (stage: Stage) => Promise<string>;
  /** What is done on the page, until it is worth looking at. */
  readonly ready: (page: Page) => Promise<unknown>;
};

const figureReady = (page: Page, name: string) =>
  page.locator(`[data-figure="${name}"]`, { hasText: /\d/ }).first().waitFor();

const pages: Readonly<Record<string, Shown>> = {
  home: {
    address: (on) => addressOf(on, '', 'creator', creator),
    ready: (page) => page.getByText('This tab is signed in').waitFor(),
  },
  room: {
    address: (on) => addressOf(on, 'room/', 'viewer', viewer, `?live=${live}`),
    ready: async (page) => {
      await figureReady(page, 'Coins');
      await figureReady(page, 'balance');
      for (let taps = 0; taps < 7; taps++) await page.getByRole('button', { name: 'Lantern' }).click();
      await page.locator('.line-own', { hasText: '×7' }).first().waitFor();
    },
  },
  'room-too-dear': {
    address: (on) => addressOf(on, 'room/', 'viewer', viewer, `?live=${live}`),
    ready: async (page) => {
      await figureReady(page, 'balance');
      await page.getByRole('button', { name: /44,999 coins/ }).click();
      await page.getByText('It could still pay for').waitFor();
    },
  },
  studio: {
    address: (on) => addressOf(on, 'studio/', 'creator', creator),
    ready: async (page) => {
      await figureReady(page, 'Diamonds');
      await page.locator('.chart canvas').nth(1).waitFor();
      await page.locator('.per-gift').waitFor();
      await page.locator('.ranking li').first().waitFor();
    },
  },
  'studio-past-live': {
    address: (on) => addressOf(on, 'studio/', 'creator', creator, '?live=songs-8'),
    ready: async (page) => {
      await figureReady(page, 'Diamonds');
      await page.locator('.chart canvas').nth(1).waitFor();
      await page.getByText('Over', { exact: true }).waitFor();
    },
  },
  overlay: {
    address: async (on) =>
      (await addressOf(on, 'overlay/', 'none', 'overlay', `?live=${live}`)).replace('#', '&demo=1#'),
    ready: async (page) => {
      await page.locator('.banner').waitFor();
      await page.locator('.combo').nth(1).waitFor();
    },
  },
  console: {
    address: (on) => addressOf(on, 'console/', 'operator', 'olga'),
    ready: async (page) => {
      await page.getByText('Granted').waitFor();
      await page.locator('.pill', { hasText: 'Holds' }).nth(1).waitFor();
      await page.getByText('All is well').waitFor();
    },
  },
  'signed-out': {
    address: async (on) => `${on.system.apiUrl}/console/`,
    ready: (page) => page.getByLabel('Token').waitFor(),
  },
};

describe.each(Object.entries(pages))('%s', (name, { address, ready }) => {
  it.concurrent.each(Object.entries(looks))('looks right and is accessible: %s', async (look, options) => {
    if (!browser || !stage) return;
    const context = await browser.newContext({ ...options, reducedMotion: 'reduce' });
    const page = await context.newPage();
    const faults: string[] = [];
    page.on('console', (said) => said.type() === 'error' && faults.push(said.text()));
    page.on('pageerror', (error) => faults.push(error.message));
    await page.goto(await address(stage));
    // An overlay lies on a picture; here on something like one.
    if (name === 'overlay')
      await page.evaluate(() => document.body.style.setProperty('background', '#3d5a6c'));
    await ready(page);
    await page.screenshot({ path: join(output, `${name}-${look}.png`) });
    if (look.startsWith('phone') || !name.startsWith('overlay')) {
      await page.screenshot({ path: join(output, `${name}-${look}-whole.png`), fullPage: true });
    }
    expect(await seriousViolations(page)).toEqual([]);
    const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
    expect(overflow).toBeLessThanOrEqual(0);
    expect(faults).toEqual([]);
    await context.close();
  });
});

describe('a page in a browser', () => {
  it('takes its token out of the address, and is still signed in when it is loaded again', async () => {
    if (!browser || !stage) return;
    const page = await (await browser.newContext()).newPage();
    await page.goto(await pages.room!.address(stage));
    await figureReady(page, 'balance');
    expect(page.url()).toBe(`${stage.system.apiUrl}/room/?live=${live}`);
    await page.reload();
    await figureReady(page, 'balance');
    await page.goto(`${stage.system.apiUrl}/console/`);
    await page.getByText(`You are signed in as ${viewer} (viewer)`).waitFor();
  });

  it('keeps the look that somebody turned it to', async () => {
    if (!browser || !stage) return;
    const page = await (await browser.newContext({ colorScheme: 'light' })).newPage();
    await page.goto(stage.system.apiUrl);
    const paper = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    const light = await paper();
    await page.getByRole('button', { name: 'Switch to the dark look' }).press('Enter');
    const dark = await paper();
    expect(dark).not.toBe(light);
    await page.reload();
    await page.getByRole('button', { name: 'Switch to the light look' }).waitFor();
    expect(await paper()).toBe(dark);
  });

  it('shows nothing but what it alerts of as an overlay, at any width', async () => {
    if (!browser || !stage) return;
    for (const width of [480, 1920]) {
      const page = await (await browser.newContext({ viewport: { width, height: width / 2 } })).newPage();
      await page.goto(await addressOf(stage, 'overlay/', 'none', 'overlay', `?live=${live}`));
      await figureReady(page, 'goal');
      const shown = await page.evaluate(() => ({
        background: [document.documentElement, document.body].map(
          (at) => getComputedStyle(at).backgroundColor,
        ),
        fits: document.documentElement.scrollHeight <= innerHeight,
        goal: document.querySelector('.overlay-goal')!.getBoundingClientRect().width / innerWidth,
      }));
      expect(shown.background).toEqual(['rgba(0, 0, 0, 0)', 'rgba(0, 0, 0, 0)']);
      expect(shown.fits).toBe(true);
      expect(shown.goal).toBeGreaterThan(0.9);
      expect(page.url()).toContain('#token=');
    }
  });
});
