import type { EventStore } from '@carat/event-store';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runCarat } from '../testing/run-carat.ts';
import { openLogs, sealAll } from '../verify/testing/forged-log.ts';
import { noon, writeLog } from '../verify/testing/written-log.ts';

let logs: Awaited<ReturnType<typeof openLogs>>;
let env: { readonly CARAT_EVENT_STORE: string };
let store: EventStore;

beforeAll(async () => {
  logs = await openLogs();
  const log = writeLog();
  log.write('log', 'LogCreated', { logId: 'log-a' });
  log.grant('ann', 1_000, 'first');
  log.write('live-gala', 'LiveStarted', {
    live: 'gala',
    creator: 'cleo',
    title: 'red \u001b[31m',
    by: 'ops',
    at: noon,
  });
  for (let n = 0; n < 30; n++) log.send({ viewer: 'ann', live: 'gala', booked: 2, at: noon + n * 1_000 });
  const forged = await logs.forge(log.events);
  store = forged.store;
  env = { CARAT_EVENT_STORE: forged.url };
  await sealAll(store);
});
afterAll(() => logs.close());

const linesOf = (text: string): string[] => text.trimEnd().split('\n');

describe('carat inspect', () => {
  it('shows how a wallet stands and the last events of it, within 80 columns', async () => {
    const { code, stdout, stderr } = await runCarat(['inspect', 'wallet-ann'], env);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const [head, ...lines] = linesOf(stdout);
    expect(head).toBe('wallet-ann ends with event 30; balance 700 coins');
    expect(lines).toHaveLength(20);
    expect(lines[0]).toBe('   11       15 2026-06-10 12:00:10 GiftSent     → gala, rose × 2, 10 coins');
    expect(lines.at(-1)).toMatch(/^ {3}30 /);
    expect(linesOf(stdout).filter((line) => line.length > 80)).toEqual([]);
  });

  it('shows the part that one asks for, and says all of it as JSON', async () => {
    const args = ['inspect', 'wallet-ann', '--from', '0', '--limit', '2'];
    const { stdout } = await runCarat(args, env);
    expect(linesOf(stdout)[1]).toMatch(/^ {4}0 .* CoinsGranted \+ 1000 coins, balance 1000$/);
    const { code, stdout: json } = await runCarat([...args, '--json'], env);
    expect(code).toBe(0);
    const { events, ...stands } = JSON.parse(json);
    expect(stands).toEqual({ stream: 'wallet-ann', last: 30, balance: 700 });
    expect(events).toMatchObject([
      { revision: 0, position: '3', type: 'CoinsGranted', stream: 'wallet-ann', data: { coins: 1_000 } },
      { revision: 1, position: '5', type: 'GiftSent', data: { live: 'gala', booked: 2 } },
    ]);
    const beyond = await runCarat(['inspect', 'wallet-ann', '--from', '31'], env);
    expect(beyond.stdout).toBe(
      'wallet-ann ends with event 30; balance 700 coins; there is nothing from there on.\n',
    );
  });

  it.each([
    ['log', 'LogCreated', 'log log-a'],
    ['grant-first', 'GrantMade', ''],
    ['seals', 'LogSealed', 'number 1, 34 events'],
  ])('shows the stream %s', async (stream, type, gist) => {
    const { code, stdout } = await runCarat(['inspect', stream], env);
    expect(code).toBe(0);
    expect(stdout).toContain(`${stream} ends with event 0\n`);
    expect(stdout).toContain(type);
    expect(stdout).toContain(gist);
  });

  it('shows no title as anything but text', async () => {
    const { stdout } = await runCarat(['inspect', 'live-gala'], env);
    expect(stdout).toContain('LiveStarted  by cleo: red �[31m');
    expect(stdout).not.toContain('\u001b');
  });

  it('says plainly that there is no such stream, number or log', async () => {
    const missing = await runCarat(['inspect', 'wallet-eve'], env);
    expect(missing).toEqual({
      code: 2,
      stdout: '',
      stderr: 'There is no stream wallet-eve in the log.\n',
    });
    for (const limit of ['0', '1001', 'few']) {
      expect(await runCarat(['inspect', 'log', '--limit', limit], env)).toMatchObject({ code: 2 });
    }
    const elsewhere = await runCarat(['inspect', 'log'], { CARAT_EVENT_STORE: 'sqlite:/nowhere/carat.db' });
    expect(elsewhere.code).toBe(2);
    expect(elsewhere.stderr).toMatch(
      /^The event store sqlite:.* cannot be read .*: there is no such file\.\n$/,
    );
  });
});
