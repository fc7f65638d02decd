import { existsSync, globSync, readFileSync, statSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { beginDay, dayOf, type Event, monthPeriod, streams } from '@carat/domain';
import { type EventStore, openEventStore } from '@carat/event-store';
import {
  readCuts,
  readStatement,
  statementCsv,
  statementJson,
  statementPdf,
  walkSettledGifts,
} from '@carat/history';
import { redemptions } from '@carat/protocol';
import { formatGiftLog, simulateLive } from '@carat/simulator';
import { v4 } from 'uuid';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { runCarat } from './command.ts';
import { raiseStage, type Stage } from './stage.ts';

const month = dayOf(Date.now()).slice(0, 'yyyy-mm'.length);
const { from: firstDay, to: lastDay } = monthPeriod(month);

let stage: Stage;
let store: EventStore;
let folder: string;
/** A gift log, and what it came to. */
let played: { file: string; coins: number };

/** Enough to redeem some of it. */
const enoughCoins = 10_000;
const busy = { preset: 'douyin', sendsPerMinute: 200, viewers: 500 } as const;

/** The smallest of the recorded lives where there are any, or else a simulated one. */
const chooseLive = async (): Promise<typeof played> => {
  const recordedIn = process.env.CARAT_GIFT_LOGS;
  if (recordedIn !== undefined && existsSync(join(recordedIn, 'totals.json'))) {
    const totals = JSON.parse(readFileSync(join(recordedIn, 'totals.json'), 'utf8'));
    const [file] = globSync('*.jsonl.gz', { cwd: recordedIn })
      .filter((name) => totals[basename(name, '.jsonl.gz')]?.coins >= enoughCoins)
      .map((name) => join(recordedIn, name))
      .sort((a, b) => statSync(a).size - statSync(b).size);
    if (file) return { file, coins: totals[basename(file, '.jsonl.gz')].coins };
  }
  const live = simulateLive({ seed: 7, live: 'stated', durationMs: 300_000, ...busy });
  const file = join(folder, 'stated.jsonl.gz');
  await writeFile(file, gzipSync([...formatGiftLog(live), ''].join('\n')));
  return { file, coins: live.truth.coins };
};

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'carat-statements-'));
  stage = await raiseStage();
  store = await openEventStore(stage.system.eventStore);
  played = await chooseLive();
});
afterAll(async () => {
  await store?.close();
  await stage?.stop();
  await rm(folder, { recursive: true });
});

const append = async (stream: string, ...events: Event[]): Promise<void> => {
  const page = await store.readStream(stream, { direction: 'backwards', limit: 1 });
  const expected = page.exists ? page.last : 'no_stream';
  const stored = events.map(({ type, data }) => ({ id: v4(), type, data }));
  expect(await store.append([{ stream, expected, events: stored }])).toMatchObject({ appended: true });
};

/** Closes a day, and settles it from the gifts in the log, as the service that settles does. */
const settle = async (day: string): Promise<string[]> => {
  const at = Date.now();
  await append(streams.settlement, { type: 'DayClosed', data: { day, previous: null, holdDays: 0, at } });
  const cut = (await readCuts(store)).at(-1)!;
  const fold = beginDay(day);
  for await (const page of walkSettledGifts(store, cut)) for (const { id, gift } of page) fold.book(id, gift);
  const earned = [...fold.earned()];
  for (const { coins, millidiamonds, ...rest } of earned) {
    const data = { ...rest, coins: String(coins), millidiamonds: String(millidiamonds), at };
    await append(streams.earnings(rest.creator), { type: 'DiamondsSettled', data });
  }
  const sums = { creators: earned.length, gifts: 0, coins: '0', millidiamonds: '0' };
  await append(streams.settlement, { type: 'DaySettled', data: { day, ...sums, at } });
  return earned.map(({ creator }) => creator);
};

/** Redeems for a cent a diamond, and is paid. */
const redeem = async (creator: string): Promise<void> => {
  const said = { creator, by: 'platform', at: Date.now() - 2 * 86_400_000 };
  await append(
    streams.standing(creator),
    { type: 'IdentityStatusSet', data: { ...said, status: 'verified', reference: 'doc-1' } },
    { type: 'PayoutMethodSet', data: { ...said, provider: 'sandbox', reference: 'm1' } },
  );
  await stage.ask('POST', '/rates/money', { currency: 'USD', numerator: 1, denominator: 1 });
  const asked = { key: 'k1', creator, diamonds: 10_000, currency: 'USD' };
  const { redemption } = await stage.ask('POST', '/redemptions', asked);
  const of = { creator, redemption, at: Date.now() };
  await append(
    streams.earnings(creator),
    { type: 'PayoutStarted', data: { ...of, key: `${creator}/${redemption}`, provider: 'sandbox' } },
    { type: 'PayoutPaid', data: { ...of, reference: 'p-1' } },
  );
};

const get = async (path: string): Promise<Buffer> => {
  const authorization = `Bearer ${await stage.token('service', 'platform')}`;
  const response = await fetch(`${stage.system.apiUrl}${path}`, { headers: { authorization } });
  expect(response.status).toBe(200);
  return Buffer.from(await response.arrayBuffer());
};

it('a statement adds up to what a live brought in, and stays the same bytes, in copies too', async () => {
  expect(await runCarat(stage.system, 'play', '--speed', '0', '--json', played.file)).toMatchObject({
    code: 0,
  });
  const [creator] = (await settle(firstDay)) as [string];
  await redeem(creator);
  await settle(lastDay);

  const url = `/creators/${creator}/statements/${month}`;
  const made = async () => [await get(url), await get(`${url}?format=csv`)];
  const issued = await stage.ask('POST', `${url}/issue`);
  const before = [...(await made()), await get(`${url}/pdf`)];
  const statement = redemptions.statement.parse(JSON.parse(before[0]!.toString()));
  const { millidiamonds } = await stage.ask('GET', `/creators/${creator}/earnings`);
  expect(millidiamonds).toBe(played.coins * 1_000);
  expect(statement).toEqual(issued.statement);
  expect(statement).toMatchObject({
    final: true,
    millidiamonds: {
      ...{ opening: '0', earned: String(millidiamonds), redeemed: '10000000', returned: '0' },
      closing: String(millidiamonds - 10_000_000),
    },
    money: [{ currency: 'USD', paid: { gross: '10000', fee: '500', net: '9500' } }],
  });

  expect(await runCarat(stage.system, 'rebuild', '--yes')).toMatchObject({ code: 0 });
  expect([...(await made()), await get(`${url}/pdf`)]).toEqual(before);

  const copy = `sqlite:${join(folder, 'copy.db')}`;
  expect(await runCarat(stage.system, 'copy', '--to', copy)).toMatchObject({ code: 0 });
  const elsewhere = await openEventStore(copy);
  const again = await readStatement(elsewhere, creator, month);
  await elsewhere.close();
  const drawn = await statementPdf(again);
  expect([Buffer.from(statementJson(again)), Buffer.from(statementCsv(again)), drawn]).toEqual(before);
}, 120_000);
