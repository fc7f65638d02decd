import { mkdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { raiseStage, type Stage } from '../e2e/stage.ts';
import { addressOf } from './addresses.ts';
import { looks } from './appearance.ts';
import { figureOn, maxOpeningMs, openBrowser, seriousViolations } from './browser.ts';
import { type LaterPayouts, laterPayouts } from './payouts-later.ts';

/** Kept for whoever wants to see how the pages look; never in git. */
const output = join(import.meta.dirname, 'output');
const soon = { timeout: 30_000, interval: 50 };
const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

/** A fee of 0.30 and 5 %, a tenth withheld; what is taken over arrives a second later. */
const env = {
  CARAT_FEE_MINOR: '{"USD":30}',
  CARAT_WITHHOLDING: '{"treaty":100}',
  CARAT_DAY_GRACE_MINUTES: '0',
  CARAT_HOLD_DAYS: '7',
  CARAT_SANDBOX_FAULTS: '{"settleMs":1000}',
};
const viewers = ['mira', 'jonas', 'noor', 'lucia', 'ben'];
const coinsEach = 4_938;
const earned = viewers.length * coinsEach;

let browser: Browser | undefined;
let stage: Stage | undefined;
let later: LaterPayouts | undefined;
let creator: string;
/** What went wrong in the pages by themselves. */
const faults: string[] = [];

beforeAll(async () => {
  browser = await openBrowser();
  if (!browser) return;
  await mkdir(output, { recursive: true });
  stage = await raiseStage({ payouts: true, env });
  later = laterPayouts(stage, env);
  creator = await raiseCreator(stage);
}, maxOpeningMs);
afterAll(async () => {
  await browser?.close();
  await later?.stop();
  await stage?.stop();
});

afterEach(() => expect(faults).toEqual([]));

/** A creator who is given 24,690 diamonds, and may redeem. */
const raiseCreator = async (on: Stage): Promise<string> => {
  const opened = await on.openLive({ coins: coinsEach / 2 });
  await on.ask('POST', '/rates/money', { currency: 'USD', numerator: 1, denominator: 2 });
  const ahead = { currency: 'USD', numerator: 2, denominator: 3, from: Date.now() + 40 * dayMs };
  await on.ask('POST', '/rates/money', ahead);
  const of = `/creators/${opened.creator}`;
  await on.ask('PUT', `${of}/identity`, { status: 'verified', reference: 'check-1' });
  await on.ask('PUT', `${of}/tax`, { status: 'treaty', formYear: new Date().getUTCFullYear() });
  await on.ask('PUT', `${of}/payout-method`, { provider: 'sandbox', reference: 'account-7' });
  const platform = await on.join('service', 'platform');
  for (const viewer of viewers) {
    await on.grant(viewer, coinsEach);
    const { live, gift } = opened;
    await platform.claim({ combo: platform.newComboId(), live, gift, count: 2, viewer });
  }
  return opened.creator;
};

const open = async (address: string): Promise<Page> => {
  const page = await (await browser!.newContext({ reducedMotion: 'reduce' })).newPage();
  page.on('pageerror', (error) => faults.push(error.message));
  await page.goto(address);
  return page;
};

/** Looks at a page by day, by night and on a phone: it fits, and is accessible. */
const lookAt = async (page: Page, name: string): Promise<void> => {
  for (const [look, { colorScheme, viewport }] of Object.entries(looks)) {
    await page.emulateMedia({ colorScheme });
    await page.setViewportSize(viewport);
    await page.screenshot({ path: join(output, `${name}-${look}.png`), fullPage: true });
    expect(await seriousViolations(page), `${name} ${look}`).toEqual([]);
    const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
    expect(overflow, `${name} ${look}`).toBeLessThanOrEqual(0);
  }
  await page.setViewportSize(looks.light.viewport);
};

const card = (page: Page, title: string) => page.getByRole('region', { name: title, exact: true });
/** Pending, held, available, on the way, paid. */
const balanceOn = (page: Page) =>
  Promise.all(['Pending', 'Held', 'Available', 'On the way', 'Paid'].map((name) => figureOn(page, name)));
const amountOn = (page: Page) => page.getByLabel('Diamonds', { exact: true });
const requestOn = (page: Page) => page.getByRole('button', { name: 'Request this payout' });

it('a creator follows diamonds from a gift to the money, and every number is explained', {
  timeout: 180_000,
}, async () => {
  if (!browser || !stage || !later) return;
  const page = await open(await addressOf(stage, 'studio/', 'creator', creator, '?view=payouts'));
  await waitForTheHold(page, later);
  await readQuote(page);
  await askWhileAnswersAreLost(page);
  const desk = await open(await addressOf(stage, 'console/', 'operator', 'olga', '?view=payouts'));
  await refuseAndApprove(page, desk);

  await expect.poll(() => balanceOn(page), soon).toEqual([0, 0, 0, 0, earned]);
  await card(page, 'Your payouts').getByText('Paid', { exact: true }).waitFor();
  await expectExplained(page, stage);
  await lookAt(page, 'payouts-paid');
  const ledger = await readFile(join(dirname(stage.system.logsDir), 'sandbox-ledger.jsonl'), 'utf8');
  expect(ledger.match(/10463/g)).toHaveLength(1);
});

/** A day passes, and then the week for which its diamonds are held. */
const waitForTheHold = async (page: Page, clock: LaterPayouts): Promise<void> => {
  await expect.poll(() => balanceOn(page), soon).toEqual([earned, 0, 0, 0, 0]);
  await page.getByText('1,000 diamonds are 5.00 USD').first().waitFor();
  await page.getByText('1,000 diamonds are 6.66 USD + 2/3 of 0.01 USD').waitFor();
  await clock.restart(25 * hourMs);
  await expect.poll(() => balanceOn(page), soon).toEqual([0, earned, 0, 0, 0]);
  expect(await page.getByText(/Next, 24,690 diamonds become available/).count()).toBe(1);
  await clock.restart(7 * dayMs + 25 * hourMs);
  await expect.poll(() => balanceOn(page), soon).toEqual([0, 0, earned, 0, 0]);
};

/** What an amount comes to is told line by line before anything is asked for. */
const readQuote = async (page: Page): Promise<void> => {
  await amountOn(page).fill('9,999');
  await page.getByText('At least 10,000 diamonds are paid out at once.').waitFor();
  expect(await requestOn(page).isDisabled()).toBe(true);
  await page.getByRole('button', { name: 'All of them' }).click();
  await page.getByText('24,690 diamonds come to 104.63 USD.').waitFor();
  expect(await card(page, 'Request a payout').locator('.quote tbody td.number').allTextContents()).toEqual([
    '123.45 USD',
    '−6.4725 USD',
    '−12.345 USD',
    '−0.0025 USD',
    '104.63 USD',
  ]);
  await lookAt(page, 'payouts-quote');
};

/** Clicked twice, its answer lost, or lost itself: it is asked for once all the same. */
const askWhileAnswersAreLost = async (page: Page): Promise<void> => {
  let posts = 0;
  await page.route('**/redemptions', async (route) => {
    posts += 1;
    await route.fetch();
    await route.abort();
  });
  await requestOn(page).dblclick();
  await page.getByText('104.63 USD were requested.').waitFor();
  expect(posts).toBe(1);
  await page.unroute('**/redemptions');
  await expect.poll(() => balanceOn(page), soon).toEqual([0, 0, 0, earned, 0]);
  await card(page, 'Your payouts').getByText('In review').waitFor();
  await page.getByRole('button', { name: 'Cancel this payout of 104.63 USD' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Cancel this payout' }).click();
  await expect.poll(() => balanceOn(page), soon).toEqual([0, 0, earned, 0, 0]);

  await page.route('**/redemptions', (route) => route.abort(), { times: 1 });
  await amountOn(page).fill(String(earned));
  await requestOn(page).click();
  await page.getByText('it is not known whether the request for 24,690 diamonds went through').waitFor();
  expect(await amountOn(page).isDisabled()).toBe(true);
  await page.getByRole('button', { name: 'Ask again' }).click();
  await expect.poll(() => balanceOn(page), soon).toEqual([0, 0, 0, earned, 0]);
};

/** An operator refuses, and approves when it is requested once more. */
const refuseAndApprove = async (page: Page, desk: Page): Promise<void> => {
  await desk.getByText('24690 diamonds within 24 hours are more than 20000').waitFor();
  await lookAt(desk, 'console-payouts');
  await desk.getByRole('button', { name: `Refuse 104.63 USD of ${creator}` }).click();
  await desk.getByLabel('Why, as the creator reads it').fill('Twice in a day.');
  await desk.getByRole('dialog').getByRole('button', { name: 'Refuse' }).click();
  await page.getByText('Why: Twice in a day.').waitFor();
  await expect.poll(() => balanceOn(page), soon).toEqual([0, 0, earned, 0, 0]);
  await amountOn(page).fill(String(earned));
  await requestOn(page).click();
  await desk.getByRole('button', { name: `Approve 104.63 USD of ${creator}` }).click();
  await desk.getByRole('dialog').getByText('Whoever asked for it').waitFor();
  await desk.getByRole('dialog').getByRole('button', { name: 'Approve' }).click();
  await desk.getByText('Nothing waits for a decision.').waitFor();
};

/** From what was paid back to the gifts. */
const expectExplained = async (page: Page, on: Stage): Promise<void> => {
  const { redemptions } = await on.ask('GET', `/creators/${creator}/redemptions`);
  expect(redemptions.map(({ status }: { status: string }) => status)).toEqual([
    'paid',
    'refused',
    'cancelled',
  ]);
  const payouts = card(page, 'Your payouts');
  await payouts.getByText('How it came about').first().click();
  await payouts.getByText('was approved').waitFor();
  await payouts.locator('.steps').getByText('has arrived').waitFor();
  await payouts.getByText(redemptions[0].reference).first().waitFor();
  const days = card(page, 'Settled days');
  await days.getByText('24,690 diamonds').click();
  await days.getByRole('row').nth(viewers.length).waitFor();
  const each = await days.locator('tbody td:last-child').allTextContents();
  expect(each).toEqual(viewers.map(() => '4,938'));
};

it('an operator says how a creator stands, and the creator is told what is in the way', {
  timeout: 120_000,
}, async () => {
  if (!browser || !stage) return;
  const desk = await open(await addressOf(stage, 'console/', 'operator', 'olga', '?view=payouts'));
  const page = await open(await addressOf(stage, 'studio/', 'creator', creator, '?view=payouts'));
  await desk.getByLabel('Creator', { exact: true }).fill(creator);
  await desk.getByRole('button', { name: 'Look', exact: true }).click();
  await desk.getByText('In good standing').waitFor();
  await desk.getByText('account-7 by sandbox').waitFor();

  const freezing = desk.getByRole('form', { name: 'Freeze' });
  await freezing.getByLabel('Why').fill('Asked by the bank.');
  await freezing.getByRole('button', { name: 'Freeze the account' }).click();
  await desk.getByText('Frozen until it is released: Asked by the bank.').waitFor();
  await page.getByText('The account is frozen.').waitFor();
  await desk.getByRole('button', { name: `Release ${creator}` }).click();
  await desk.getByLabel('Why', { exact: true }).last().fill('The bank is content.');
  await desk.getByRole('dialog').getByRole('button', { name: 'Release' }).click();
  await desk.getByText('In good standing').waitFor();
  await expect.poll(() => page.getByText('The account is frozen.').count(), soon).toBe(0);

  const recording = desk.getByRole('form', { name: 'Record a violation' });
  await recording.getByLabel('A name of its own for the case').fill('case-1');
  await recording.getByLabel('Which guideline').fill('guideline-4');
  await recording.getByRole('button', { name: 'Record it' }).click();
  await desk.getByText('A warning: nothing follows from it.').waitFor();
  await lookAt(desk, 'console-standing');
  await desk.getByRole('button', { name: 'Remove the payout method' }).click();
  await desk.getByRole('dialog').getByRole('button', { name: 'Remove' }).click();
  await desk.getByText('account-7 by sandbox').waitFor({ state: 'detached' });
  await desk.getByRole('button', { name: 'Withdraw case-1' }).click();
  await desk.getByRole('dialog').getByLabel('Why').fill('It was somebody else.');
  await desk.getByRole('dialog').getByRole('button', { name: 'Withdraw' }).click();
  await desk.getByText('Withdrawn: nothing follows from it.').waitFor();
});

it('a statement that is final is saved as the api answers it, and its PDF as it was issued', {
  timeout: 60_000,
}, async () => {
  if (!browser || !stage) return;
  const page = await open(await addressOf(stage, 'studio/', 'creator', creator, '?view=payouts'));
  const [, lastMonth] = await page.getByLabel('Month or year').locator('option').all();
  const period = (await lastMonth!.getAttribute('value'))!;
  await page.getByLabel('Month or year').selectOption(period);
  await page.getByText('This statement is final').waitFor();
  const statement = `/creators/${creator}/statements/${period}`;
  for (const [ending, asked] of [
    ['json', `${statement}?format=json`],
    ['csv', `${statement}?format=csv`],
    ['pdf', `${statement}/pdf`],
  ] as const) {
    const saving = page.waitForEvent('download');
    await page.getByRole('button', { name: `Save ${ending.toUpperCase()}` }).click();
    const saved = await saving;
    expect(saved.suggestedFilename()).toBe(`statement-${creator}-${period}.${ending}`);
    const headers = { authorization: `Bearer ${await stage.token('creator', creator)}` };
    const answer = await fetch(`${stage.system.apiUrl}${asked}`, { headers });
    expect(await readFile(await saved.path())).toEqual(Buffer.from(await answer.arrayBuffer()));
  }
});

it('what is not known is never shown as zero', { timeout: 60_000 }, async () => {
  if (!browser || !stage) return;
  const page = await open(await addressOf(stage, 'studio/', 'creator', creator, '?view=payouts'));
  await expect.poll(async () => (await balanceOn(page)).includes(undefined), soon).toBe(false);
  const [, ...known] = await balanceOn(page);
  await stage.system.process('redis').stop();
  await page.getByText('What was awarded, and is pending, is not known at the moment').waitFor();
  expect(await balanceOn(page)).toEqual([undefined, ...known]);
});
