import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { parseGiftLog } from './parse.ts';
import { impliedTotals, type ViewerCoins } from './totals.ts';

interface RecordedTotals {
  readonly frames: number;
  readonly combos: number;
  readonly viewers: number;
  readonly gifts: number;
  readonly coins: number;
  readonly coins_if_every_frame_were_added: number;
  readonly top10: readonly ViewerCoins[];
}

const folder = process.env.CARAT_GIFT_LOGS;
const suffix = '.jsonl.gz';
const logs = folder ? readdirSync(folder).filter((name) => name.endsWith(suffix)) : [];

if (!folder) console.info('Left out: recorded lives (CARAT_GIFT_LOGS names no folder of them).');

const linesOf = (path: string): string[] => {
  const lines = gunzipSync(readFileSync(path)).toString().split('\n');
  if (lines.at(-1) === '') lines.pop();
  return lines;
};

describe.runIf(folder)('recorded lives', () => {
  const totals = JSON.parse(folder ? readFileSync(join(folder, 'totals.json'), 'utf8') : '{}');

  test('are there', () => expect(logs.length).toBeGreaterThan(0));

  test.each(logs)('%s parses and comes to its totals', (name) => {
    const { header, frames } = parseGiftLog(linesOf(join(folder!, name)));
    const implied = impliedTotals(frames, header.gifts);
    const { coins_if_every_frame_were_added, top10, ...known } = totals[
      name.slice(0, -suffix.length)
    ] as RecordedTotals;
    expect(implied).toMatchObject(known);
    expect(implied.coinsIfEveryFrameWereAdded).toBe(coins_if_every_frame_were_added);
    expect(implied.top10.map(({ coins }) => coins)).toEqual(top10.map(({ coins }) => coins));
  });
});
