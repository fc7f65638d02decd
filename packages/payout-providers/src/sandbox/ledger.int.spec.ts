import { appendFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openLedger } from './ledger.ts';
import type { SandboxPayout } from './payout.ts';

let path: string;
beforeEach(async () => {
  path = join(await mkdtemp(join(tmpdir(), 'carat-ledger-')), 'made', 'ledger.jsonl');
});
afterEach(() => rm(join(path, '../..'), { recursive: true }));

const payout = (key: string, reference = `of ${key}`): SandboxPayout => ({
  ...{ key, reference, recipient: 'creator', amountMinor: '100', currency: 'USD', madeAt: 1 },
  ...{ ends: 'paid', settleMs: 0, returnMs: 0 },
});
const lines = async (): Promise<string[]> => (await readFile(path, 'utf8')).split('\n').slice(0, -1);

describe('the ledger', () => {
  it('holds what it has answered, in order, when it is opened again', async () => {
    const first = await openLedger(path);
    for (const key of ['a', 'b', 'c']) await first.add(payout(key));
    await first.close();
    const second = await openLedger(path);
    expect(second.payouts).toEqual(['a', 'b', 'c'].map((key) => payout(key)));
    expect(second.byKey('b')).toEqual(payout('b'));
    expect(second.byKey('d')).toBeUndefined();
    await second.close();
  });

  it('answers only what is in the file', async () => {
    const ledger = await openLedger(path);
    const keys = Array.from({ length: 200 }, (_, index) => `key-${index}`);
    await Promise.all(
      keys.map(async (key) => {
        await ledger.add(payout(key));
        expect(await readFile(path, 'utf8')).toContain(`"${key}"`);
      }),
    );
    expect(await lines()).toHaveLength(200);
    await ledger.close();
  });

  it('writes a key once, however many ask at once', async () => {
    const ledger = await openLedger(path);
    const answers = await Promise.all(['1', '2', '3'].map((by) => ledger.add(payout('a', by))));
    expect(answers.map(({ reference }) => reference)).toEqual(['1', '1', '1']);
    expect(await ledger.add(payout('a', '4'))).toMatchObject({ reference: '1' });
    expect(await lines()).toHaveLength(1);
    await ledger.close();
  });

  it('knows all that was added before, once it is written', async () => {
    const ledger = await openLedger(path);
    void ledger.add(payout('a'));
    expect(ledger.payouts).toEqual([]);
    await ledger.written();
    expect(ledger.payouts).toEqual([payout('a')]);
    await ledger.close();
  });

  it('drops a last line that is torn, wherever that is, and goes on after the one before', async () => {
    const whole = `${JSON.stringify(payout('a'))}\n`;
    const torn = `${JSON.stringify(payout('bé'))}\n`;
    const bytes = Buffer.from(torn);
    for (let cut = 0; cut < bytes.length; cut += 7) {
      await (await openLedger(path)).close();
      await writeFile(path, Buffer.concat([Buffer.from(whole), bytes.subarray(0, cut)]));
      const ledger = await openLedger(path);
      expect(ledger.payouts).toEqual([payout('a')]);
      await ledger.add(payout('c'));
      await ledger.close();
      expect(await lines()).toEqual([payout('a'), payout('c')].map((one) => JSON.stringify(one)));
    }
  });

  it('does not open where a whole line is damaged, and says which', async () => {
    const ledger = await openLedger(path);
    await ledger.add(payout('a'));
    await ledger.close();
    await appendFile(path, '{"key":"b"}\n');
    await expect(openLedger(path)).rejects.toThrow(`${path}:2`);
  });
});
