import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { createSealing, type EventStore } from '@carat/event-store';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runCarat, startCarat } from '../testing/run-carat.ts';
import { openLogs } from '../verify/testing/forged-log.ts';
import { noon, writeLog } from '../verify/testing/written-log.ts';

const minute = 60_000;
const gifts = 240;

let dir: string;
let logs: Awaited<ReturnType<typeof openLogs>>;
let store: EventStore;
let url: string;
let env: { readonly CARAT_EVENT_STORE: string };

type Row = { position: string; at: string; creator: string; gift: string; coins: number };
/** The gifts as they were sent, a minute apart, of two creators in turn, with a seal every half an hour. */
const sent: { readonly gift: string; readonly creator: string; readonly at: number }[] = [];

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'carat-export-'));
  logs = await openLogs();
  ({ store, url } = await logs.open());
  env = { CARAT_EVENT_STORE: url };
  const log = writeLog();
  let clock = noon;
  const sealing = createSealing({ store, now: () => clock });
  log.grant('ann', 1_000_000);
  await logs.write(store, log.events);
  for (let n = 0; n < gifts; n++) {
    clock = noon + n * minute;
    const gift = { gift: `gift-${n}`, creator: n % 2 ? 'cleo' : 'carl', at: clock };
    sent.push(gift);
    await logs.write(store, [log.send({ viewer: 'ann', ...gift })]);
    if (n % 30 !== 29) continue;
    while (!(await sealing.gather(1_000)));
    await sealing.seal();
  }
});
afterAll(async () => {
  await logs.close();
  await rm(dir, { recursive: true, force: true });
});

const rowsOf = (text: string): Row[] =>
  text
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line));
const exported = async (...args: string[]): Promise<Row[]> => {
  const { code, stdout, stderr } = await runCarat(['export', '--format', 'jsonl', ...args], env);
  expect({ args, code, stderr }).toEqual({ args, code: 0, stderr: expect.stringMatching(/^\d+ gifts?, /) });
  return rowsOf(stdout);
};
const instant = (n: number): string => new Date(noon + n * minute).toISOString();
const giftsOf = (rows: readonly { gift: string }[]): string[] => rows.map(({ gift }) => gift);

describe('carat export', () => {
  it('writes every gift between two positions once, in ranges that follow one another', async () => {
    const first = await exported('--from', '@0', '--to', '@100');
    const second = await exported('--from', '@100', '--to', '@99999');
    expect(giftsOf([...first, ...second])).toEqual(giftsOf(sent));
    expect(first.at(-1)!.position).toBe('100');
  });

  it('takes an instant for the time of the gift itself, however the log is sealed', async () => {
    for (const [from, to] of [
      [0, gifts],
      [61, 62],
      [100, 190],
      [239, 1_000],
      [-100, 3],
      [5, 5],
    ] as const) {
      const rows = await exported('--from', instant(from), '--to', instant(to));
      expect(giftsOf(rows)).toEqual(giftsOf(sent.slice(Math.max(0, from), to)));
      expect(rows.map(({ at }) => Date.parse(at))).toEqual(
        sent.slice(Math.max(0, from), to).map(({ at }) => at),
      );
    }
  });

  it("writes a creator's own record, and sums it up", async () => {
    const args = ['export', '--from', '2026-06-10', '--to', '2026-06-11', '--creator', 'cleo', '--json'];
    const { code, stdout, stderr } = await runCarat([...args, '--format', 'jsonl'], env);
    expect(code).toBe(0);
    const rows = rowsOf(stdout);
    expect(giftsOf(rows)).toEqual(giftsOf(sent.filter(({ creator }) => creator === 'cleo')));
    expect(JSON.parse(stderr)).toMatchObject({ gifts: gifts / 2, coins: 600, millidiamonds: 600_000 });
  });

  it('writes CSV to a file, and replaces none unasked', async () => {
    const out = join(dir, 'gifts.csv');
    const args = ['export', '--from', '@0', '--to', '@13', '--format', 'csv', '--out', out];
    const { code, stdout, stderr } = await runCarat(args, env);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/^11 gifts, 55 coins, 55000 millidiamonds of sqlite:\S+ up to position 13\n$/);
    const text = await readFile(out, 'utf8');
    const lines = text.split('\r\n');
    expect(lines).toHaveLength(13);
    expect(lines[1]).toMatch(
      /^3,2026-06-10T12:00:00\.000Z,live,carl,ann,gift-0,[0-9a-f-]{36},1,1,5,5000,5,1000$/,
    );
    expect(lines.at(-1)).toBe('');

    const refused = await runCarat(args, env);
    expect(refused).toMatchObject({ code: 2, stdout: '', stderr: expect.stringContaining('say --yes') });
    expect(await readFile(out, 'utf8')).toBe(text);
    await writeFile(out, 'something longer than that'.repeat(1_000));
    expect(await runCarat([...args, '--yes'], env)).toMatchObject({ code: 0 });
    expect(await readFile(out, 'utf8')).toBe(text);
  });

  it('refuses what is no bound, and needs both and a format', async () => {
    const args = ['export', '--from', '@0', '--to', '@9', '--format', 'csv'];
    for (const [place, text] of [
      [2, 'soon'],
      [4, '2026-06-10T12:00:00'],
      [6, 'xml'],
    ] as const) {
      const { code, stdout, stderr } = await runCarat(args.with(place, text), env);
      expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
      expect(stderr).not.toContain('    at ');
    }
    expect(await runCarat(args.slice(0, 5), env)).toMatchObject({ code: 2, stdout: '' });
    for (const [from, to] of [
      ['@10', '@9'],
      ['2026-06-11', '2026-06-10'],
    ] as const) {
      const turned = await runCarat(args.with(2, from).with(4, to), env);
      expect(turned).toMatchObject({
        code: 2,
        stdout: '',
        stderr: expect.stringMatching(/^--from lies after/),
      });
    }
    const nowhere = await runCarat([...args, '--out', join(dir, 'no', 'such.csv')], env);
    expect(nowhere).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/such\.csv cannot be written: /),
    });
  });

  it('leaves out what cannot be read, and says so', async () => {
    const forged = await logs.open();
    const log = writeLog();
    log.grant('ann', 1_000);
    log.send({ viewer: 'ann', gift: 'first' });
    log.write('wallet-ann', 'GiftSent', { coins: 'many' });
    log.send({ viewer: 'ann', gift: 'altered' });
    log.send({ viewer: 'ann', gift: 'last' });
    await logs.write(forged.store, log.events);
    const database = new DatabaseSync(forged.url.slice('sqlite:'.length));
    database.exec(`UPDATE events SET type = 'Altered' WHERE position = 5`);
    database.close();
    const args = ['export', '--from', '@0', '--to', '@99', '--format', 'jsonl'];
    const { code, stdout, stderr } = await runCarat(args, { CARAT_EVENT_STORE: forged.url });
    expect(code).toBe(1);
    expect(giftsOf(rowsOf(stdout))).toEqual(['first', 'last']);
    expect(stderr).toMatch(/Event \S+ at position 4 is left out: .*\n/);
    expect(stderr).toMatch(/at position 5, Altered /);
  });
});

describe('an export of many pages', () => {
  let many: { readonly CARAT_EVENT_STORE: string };
  const count = 12_000;

  beforeAll(async () => {
    const forged = await logs.open();
    many = { CARAT_EVENT_STORE: forged.url };
    const log = writeLog();
    for (let n = 0; n < count; n++) log.send({ viewer: 'ann', gift: `gift-${n}`, at: noon + n });
    for (let from = 0; from < count; from += 500) {
      const events = log.events
        .slice(from, from + 500)
        .map(({ type, data }) => ({ id: crypto.randomUUID(), type, data }));
      await forged.store.append([
        { stream: 'wallet-ann', expected: from === 0 ? 'no_stream' : from - 1, events },
      ]);
    }
  });

  const args = ['export', '--from', '@0', '--to', '@99999', '--format', 'jsonl'];

  it('has every gift once', async () => {
    const { code, stdout } = await runCarat(args, many);
    expect(code).toBe(0);
    expect(giftsOf(rowsOf(stdout))).toEqual(Array.from({ length: count }, (_, n) => `gift-${n}`));
  });

  it('waits for whoever reads it, and has written whole lines when it is interrupted', async () => {
    const { child, ended } = startCarat(args, many);
    await once(child.stdout!, 'data');
    child.stdout!.pause();
    child.kill('SIGINT');
    child.stdout!.resume();
    const { code, stdout, stderr } = await ended;
    expect({ code, stderr }).toEqual({ code: 130, stderr: '' });
    const rows = rowsOf(stdout);
    expect(stdout.endsWith('\n')).toBe(true);
    expect(rows.length).toBeGreaterThan(0);
    expect(rows.length).toBeLessThan(count);
    expect(giftsOf(rows)).toEqual(Array.from({ length: rows.length }, (_, n) => `gift-${n}`));
  });

  it('ends when nobody reads any longer', async () => {
    const { child, ended } = startCarat(args, many);
    await once(child.stdout!, 'data');
    child.stdout!.destroy();
    expect(await ended).toMatchObject({ code: 0 });
  });
});
