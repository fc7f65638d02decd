import { rm } from 'node:fs/promises';
import { DatabaseSync } from 'node:sqlite';
import type { EventStore } from '@carat/event-store';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { runCarat, startCarat } from '../testing/run-carat.ts';
import { openLogs, sealAll } from '../verify/testing/forged-log.ts';
import { noon, type WrittenLog, writeLog } from '../verify/testing/written-log.ts';

let logs: Awaited<ReturnType<typeof openLogs>>;
let log: WrittenLog;
let store: EventStore;
let url: string;
let env: { readonly CARAT_EVENT_STORE: string };

beforeEach(async () => {
  logs = await openLogs();
  log = writeLog();
  log.write('log', 'LogCreated', { logId: 'log-a' });
  log.grant('ann', 1_000);
  for (let n = 0; n < 12; n++) send(n);
  ({ store, url } = await logs.forge(log.events));
  env = { CARAT_EVENT_STORE: url };
});
afterEach(() => logs.close());

const send = (n: number) =>
  log.send({ viewer: 'ann', live: n % 2 ? 'gala' : 'gal', gift: `gift-${n}`, at: noon + n * 1_000 });
const linesOf = (text: string): string[] => text.trimEnd().split('\n');
const giftsOf = (text: string): string[] => [...text.matchAll(/gift-\d+/g)].map(([gift]) => gift);
const giftsFrom = (first: number, last: number, step = 1): string[] =>
  Array.from({ length: Math.floor((last - first) / step) + 1 }, (_, n) => `gift-${first + n * step}`);

describe('carat tail', () => {
  it('prints the last ten events, one line each, within 80 columns', async () => {
    const { code, stdout, stderr } = await runCarat(['tail', '--no-follow'], env);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(giftsOf(stdout)).toEqual(giftsFrom(2, 11));
    expect(linesOf(stdout)[0]).toBe(
      '2026-06-10 12:00:02     6 GiftSent     wallet-ann → gal, gift-2 × 1, 5 coins',
    );
    expect(linesOf(stdout).filter((line) => line.length > 80)).toEqual([]);
  });

  it('looks for them behind as many seals as it takes', async () => {
    for (let n = 12; n < 15; n++) {
      await sealAll(store);
      await logs.write(store, [send(n)]);
    }
    const all = await runCarat(['tail', '--no-follow', '--json'], env);
    const types = linesOf(all.stdout).map((line) => JSON.parse(line).type);
    expect(types.filter((type) => type === 'LogSealed')).toHaveLength(3);
    expect(types).toHaveLength(10);
    const { stdout } = await runCarat(['tail', '--no-follow', '--live', 'gala'], env);
    expect(giftsOf(stdout)).toEqual(giftsFrom(1, 13, 2));
  });

  it('goes on after a position', async () => {
    const { code, stdout } = await runCarat(['tail', '--no-follow', '--from', '13', '--json'], env);
    expect(code).toBe(0);
    expect(linesOf(stdout).map((line) => JSON.parse(line))).toMatchObject([
      { position: '14', stream: 'wallet-ann', revision: 11, type: 'GiftSent', data: { gift: 'gift-10' } },
      { position: '15', data: { gift: 'gift-11' } },
    ]);
    expect(await runCarat(['tail', '--from', 'here'], env)).toMatchObject({ code: 2, stdout: '' });
  });

  it('prints events of a live as they come, and ends cleanly when it is interrupted', async () => {
    const { child, ended } = startCarat(['tail', '--live', 'gala'], env);
    let printed = '';
    child.stdout!.on('data', (text: string) => {
      printed += text;
    });
    await vi.waitFor(() => expect(giftsOf(printed)).toEqual(giftsFrom(1, 11, 2)), { timeout: 10_000 });
    await logs.write(store, [send(12), send(13), send(14), send(15)]);
    await vi.waitFor(() => expect(giftsOf(printed)).toEqual(giftsFrom(1, 15, 2)), { timeout: 10_000 });
    child.kill('SIGINT');
    const { code, stdout, stderr } = await ended;
    expect({ code, stderr }).toEqual({ code: 130, stderr: '' });
    expect(stdout.endsWith('coins\n')).toBe(true);
  });

  it('ends when nobody reads any longer', async () => {
    const { child, ended } = startCarat(['tail'], env);
    await vi.waitFor(() => expect(child.stdout!.readableFlowing).toBe(true));
    await new Promise((resolve) => child.stdout!.once('data', resolve));
    child.stdout!.destroy();
    await logs.write(store, [send(12)]);
    expect(await ended).toMatchObject({ code: 0, stderr: '' });
  });

  it('says where a log is damaged', async () => {
    await store.close();
    const database = new DatabaseSync(url.slice('sqlite:'.length));
    database.exec(`UPDATE events SET type = 'Altered' WHERE position = 12`);
    database.close();
    for (const follow of [[], ['--no-follow']]) {
      const { code, stdout, stderr } = await runCarat(['tail', '--from', '@9', ...follow], env);
      expect(code).toBe(1);
      expect(giftsOf(stdout)).toEqual(['gift-6', 'gift-7']);
      expect(stderr).toMatch(/at position 12, Altered .*\n$/);
      expect(stderr).not.toContain('    at ');
    }
  });

  it('says that there is no log', async () => {
    await store.close();
    await rm(url.slice('sqlite:'.length));
    const { code, stderr } = await runCarat(['tail'], env);
    expect(code).toBe(2);
    expect(stderr).toMatch(/there is no such file\.\n$/);
  });
});
