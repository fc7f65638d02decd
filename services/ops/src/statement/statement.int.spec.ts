import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openEventStore } from '@carat/event-store';
import { readStatement, statementCsv, statementJson } from '@carat/history';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runCarat } from '../testing/run-carat.ts';
import { openLogs } from '../verify/testing/forged-log.ts';
import { beginEarnings } from '../verify/testing/written-earnings.ts';

let dir: string;
let logs: Awaited<ReturnType<typeof openLogs>>;
let url: string;

/** All of June is settled, and a part of July. */
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'carat-statement-'));
  logs = await openLogs();
  const { log, earnings, send } = beginEarnings('cleo');
  send(2);
  earnings.closeAndSettle(0, 0);
  earnings.request('cleo', 'r1', 4_001, 1);
  earnings.approve('r1', 1);
  earnings.start('r1', 1);
  earnings.pay('r1', 1);
  earnings.closeAndSettle(20, 0);
  earnings.closeAndSettle(21, 0);
  ({ url } = await logs.forge(log.events));
});
afterAll(async () => {
  await logs.close();
  await rm(dir, { recursive: true, force: true });
});

const write = (...args: string[]) => runCarat(['statement', ...args], { CARAT_EVENT_STORE: url });

describe('carat statement', () => {
  it('writes the bytes that the statement is, and says whether it is final', async () => {
    const store = await openEventStore(url);
    const june = await readStatement(store, 'cleo', '2026-06');
    const year = await readStatement(store, 'cleo', '2026');
    await store.close();
    expect(june).toMatchObject({ final: true, millidiamonds: { earned: '10000000', closing: '5999000' } });
    const said = 'It is final.\n';
    expect(await write('cleo', '2026-06')).toEqual({ code: 0, stdout: statementJson(june), stderr: said });
    const csv = { code: 0, stdout: statementCsv(june), stderr: said };
    expect(await write('cleo', '2026-06', '--format', 'csv')).toEqual(csv);
    expect(await write('cleo', '2026')).toEqual({
      code: 0,
      stdout: statementJson(year),
      stderr: 'It is not final: 2026-12-31 is not settled yet.\n',
    });
  });

  it('writes into a file, which it replaces only if one says so', async () => {
    const out = join(dir, 'june.csv');
    const args = ['cleo', '2026-06', '--format', 'csv', '--out', out];
    const first = await write(...args, '--json');
    const written = await readFile(out);
    expect(JSON.parse(first.stdout)).toEqual({
      ...{ creator: 'cleo', period: '2026-06', format: 'csv', final: true },
      sha256: createHash('sha256').update(written).digest('hex'),
    });
    expect(await write(...args)).toMatchObject({
      code: 2,
      stderr: `There is a file ${out}: say --yes if it is to be replaced.\n`,
    });
    expect((await write(...args, '--yes')).code).toBe(0);
    expect(await readFile(out)).toEqual(written);
  });

  it('says what a period is', async () => {
    const { code, stderr } = await write('cleo', '2026-13');
    expect(code).toBe(2);
    expect(stderr).toContain('A month as 2026-11 or a year as 2026 is expected.');
  });
});
