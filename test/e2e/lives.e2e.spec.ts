import { existsSync, globSync, readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { formatGiftLog, type LiveOptions, simulateLive, type Totals } from '@carat/simulator';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runCarat } from './command.ts';
import { raiseStage, type Stage } from './stage.ts';

const recordedIn = process.env.CARAT_GIFT_LOGS;

let stage: Stage;
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'carat-lives-'));
  stage = await raiseStage();
});
afterAll(async () => {
  await stage.stop();
  await rm(folder, { recursive: true });
});

type Played = Omit<Totals, 'coinsIfEveryFrameWereAdded'> & {
  readonly booked: number;
  readonly repeated: number;
  readonly refused: number;
  readonly agree: boolean;
};

/** Plays logs as fast as they go; every one must agree, and come to what it is known to have been. */
const expectPlayed = async (logs: ReadonlyMap<string, Omit<Totals, 'coinsIfEveryFrameWereAdded'>>) => {
  const ran = await runCarat(stage.system, 'play', '--speed', '0', '--json', ...logs.keys());
  expect(ran).toMatchObject({ code: 0 });
  const lines = ran.stdout.trim().split('\n');
  expect(lines).toHaveLength(logs.size);
  for (const [n, [file, truth]] of [...logs].entries()) {
    const played: Played = JSON.parse(lines[n]!);
    const { frames, combos, viewers, gifts, coins, top10 } = truth;
    const name = basename(file);
    expect({ name, ...played }).toMatchObject({
      name,
      agree: true,
      refused: 0,
      frames,
      combos,
      viewers,
      gifts,
      coins,
    });
    expect(played.top10.map((entry) => entry.coins)).toEqual(top10.map((entry) => entry.coins));
    expect(played.booked + played.repeated + played.refused).toBe(frames);
  }
};

const faulty: Partial<LiveOptions>[] = [
  { preset: 'douyin', sendsPerMinute: 200, viewers: 2_500 },
  { preset: 'tiktok', sendsPerMinute: 60, viewers: 300 },
  {
    preset: 'douyin',
    sendsPerMinute: 30,
    faults: { replaysPerHour: 40, mostReplays: 33, lateFrames: 0.2, reorderedCombos: 0.5, gapsPerHour: 20 },
  },
];

describe('lives, played through the whole system', () => {
  it('simulated ones come to what their viewers meant to give', { timeout: 180_000 }, async () => {
    const logs = new Map<string, Totals>();
    for (const [seed, options] of faulty.entries()) {
      const live = simulateLive({
        seed: 100 + seed,
        live: `simulated-${seed}`,
        durationMs: 600_000,
        ...options,
      });
      const file = join(folder, `simulated-${seed}.jsonl.gz`);
      await writeFile(file, gzipSync([...formatGiftLog(live), ''].join('\n')));
      logs.set(file, live.truth);
    }
    await expectPlayed(logs);
  });

  it('recorded ones come to what was given', { timeout: 420_000 }, async () => {
    if (recordedIn === undefined || !existsSync(join(recordedIn, 'totals.json'))) {
      console.info('No recorded lives were played: CARAT_GIFT_LOGS names no folder of them.');
      return;
    }
    const totals: Record<string, Totals> = JSON.parse(readFileSync(join(recordedIn, 'totals.json'), 'utf8'));
    const files = globSync('*.jsonl.gz', { cwd: recordedIn }).filter(
      (file) => totals[basename(file, '.jsonl.gz')],
    );
    expect(files.length).toBeGreaterThan(0);
    const truth = (file: string): Totals => totals[basename(file, '.jsonl.gz')]!;
    await expectPlayed(new Map(files.map((file) => [join(recordedIn, file), truth(file)])));
  });

  it('and the log and all numbers are proved afterwards', { timeout: 120_000 }, async () => {
    expect(await runCarat(stage.system, 'verify')).toMatchObject({ code: 0 });
  });
});
