import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { refuse } from '@carat/protocol';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { startGateway, type TestGateway, unknownLive } from './gateway.fixture.ts';
import { booking } from './log.fixture.ts';
import { bundle, launchBrowser, openFolder } from './page.fixture.ts';

const run = promisify(execFile);
const soon = { timeout: 10_000, interval: 20 };
const client = join(import.meta.dirname, '..');

let folder: Awaited<ReturnType<typeof openFolder>>;
let browser: Browser;
let gateway: TestGateway;
let page: Page;
const examples: Record<string, string> = {};

beforeAll(async () => {
  const readme = await readFile(join(client, 'README.md'), 'utf8');
  for (const [, title = '', code = ''] of readme.matchAll(/^## (.+)\n[^#]*?```\w+\n([\s\S]*?)```/gm))
    examples[title] = code;
  [folder, browser] = await Promise.all([openFolder(), launchBrowser()]);
});
afterAll(async () => {
  await browser?.close();
  await folder?.remove();
});
beforeEach(async () => {
  gateway = await startGateway();
  const asOf = { generation: 'g1', position: '10' };
  const totals = { coins: 120, gifts: 12, senders: 3 };
  gateway.snapshot = (live) => ({
    ...unknownLive,
    live,
    title: 'Evening',
    goal: { title: 'New lights', coins: 500 },
    numbers: { asOf, totals, board: { asOf, entries: [] } },
  });
  page = await browser.newPage();
});
afterEach(async () => {
  await page.close();
  await gateway.close();
});

const tell = (after: string, ...bookings: ReturnType<typeof booking>[]) => {
  const asOf = { generation: 'g1', position: bookings.at(-1)!.position };
  gateway.io.to('evening-show').emit('live:feed', { live: 'evening-show', asOf, after, bookings });
};
const serve = (path: string, type: string, body: string) => gateway.pages.set(path, { type, body });
/** Opens a page that runs the script, and waits until it watches. */
const open = async (script: string, address = '/'): Promise<void> => {
  serve('/', 'text/html', '<!doctype html><body><script type="module" src="/page.js"></script>');
  serve('/page.js', 'text/javascript', script);
  await page.goto(`${gateway.url}${address}`);
  await vi.waitFor(() => expect(gateway.watched).toEqual(['evening-show']), soon);
};
const text = (selector: string) => expect.poll(() => page.textContent(selector), soon);

describe('the examples of the README', () => {
  it('are a bot, a page, an overlay and React', () => {
    expect(Object.keys(examples)).toEqual([
      'A bot, in Node',
      'A page without a bundler',
      'An overlay: combos, banners and a goal',
      'React',
    ]);
  });

  it('the bot sends two roses and thanks for what comes', async () => {
    const program = join(folder.dir, 'bot.ts');
    await writeFile(program, examples['A bot, in Node']!);
    const running = run(process.execPath, [program], {
      env: { ...process.env, CARAT_URL: gateway.url, CARAT_TOKEN: 'of a bot' },
      timeout: 20_000,
    });
    await vi.waitFor(() => expect(gateway.booked).toBe(2), soon);
    const telling = setInterval(() => tell('10', booking('11', { viewer: 'vera', count: 3 })), 50);
    const { stdout } = await running.finally(() => clearInterval(telling));
    expect(stdout).toBe('2 roses, 0 coins left\nthank you, vera: 3 × rose\n');
    expect(gateway.tokens).toEqual(['of a bot']);
  });

  it('the page sends roses with the built file', async () => {
    await run('npm', ['run', 'build', '--', '--outDir', join(folder.dir, 'built')], { cwd: client });
    serve('/', 'text/html', examples['A page without a bundler']!);
    serve('/carat.js', 'text/javascript', await readFile(join(folder.dir, 'built/carat.js'), 'utf8'));
    serve('/token', 'text/plain', 'a token of the page');
    await page.goto(gateway.url);
    await vi.waitFor(() => expect(gateway.tokens).toEqual(['a token of the page']), soon);
    await page.waitForFunction('document.querySelector("button").onclick !== null');
    for (let tap = 0; tap < 5; tap++) await page.click('button');
    await text('output').toBe('5 roses');
    gateway.script = () => refuse('live_ended');
    await page.click('button');
    await text('output').toMatch(/^live_ended: /);
  });

  it('the overlay shows combos, banners and the goal', async () => {
    const script = await bundle(
      folder.dir,
      'overlay.ts',
      examples['An overlay: combos, banners and a goal']!,
    );
    await open(script, '/?live=evening-show#token=secret');
    expect(gateway.tokens).toEqual(['secret']);
    await text('#goal').toBe('New lights: 120 of 500');
    tell('10', booking('11', { viewer: 'vera', count: 7 }), booking('12', { viewer: 'rich', coins: 900 }));
    await text('#combos').toBe('rich: 1 × rose, vera: 7 × rose');
    await text('#banner').toBe('rich sends rose!');
    await text('#combos').toBe('');
    await text('#banner').toBe('');
  });

  it('React shows the room and taps, also over a cut', async () => {
    await open(await bundle(folder.dir, 'room.tsx', examples.React!));
    await text('h1').toBe('Evening');
    await text('#coins').toBe('120 coins');
    for (let tap = 0; tap < 3; tap++) await page.click('button');
    await text('button').toBe('Rose × 3');
    await vi.waitFor(() => expect(gateway.booked).toBe(3), soon);
    tell('10', booking('11', { viewer: 'vera', booked: 2, count: 2 }));
    await text('li').toBe('vera: 2');
    await text('#combos').toBe('vera × 2');
    gateway.page = (after) => ({
      live: 'l',
      next: '12',
      gap: false,
      more: false,
      bookings: [booking('12')].filter(() => after === '11'),
    });
    gateway.cutAll();
    await text('#status').toBe('lost');
    await text('#status').toBe('connected');
    await expect.poll(() => page.locator('li').allTextContents(), soon).toEqual(['v: 1', 'vera: 2']);
    gateway.script = () => refuse('wallet_has_too_few_coins');
    await page.click('button');
    await text('#refused').toMatch(/^wallet_has_too_few_coins/);
  });
});
