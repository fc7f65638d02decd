import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { formatGiftLog, simulateLive } from '@carat/simulator';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { lastObject, runCarat } from '../e2e/command.ts';
import { raiseStage, type Stage } from '../e2e/stage.ts';
import { metricOf } from '../e2e/storm.ts';

/** `npm run faults` plays for as long as an outage may last in earnest; `npm test` the same in little. */
const whole = process.env.CARAT_FAULTS === 'whole';
const logs = process.env.CARAT_GIFT_LOGS;
const recorded = logs && join(logs, 'douyin-20260504_2055.jsonl.gz');

let stage: Stage;
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'carat-faults-'));
  stage = await raiseStage();
});
afterAll(async () => {
  await stage.stop();
  await rm(folder, { recursive: true });
});

const simulated = async (): Promise<string> => {
  const file = join(folder, 'simulated.jsonl');
  const live = simulateLive({
    seed: 11,
    live: 'simulated',
    durationMs: 160_000,
    sendsPerMinute: 120,
    viewers: 400,
  });
  await writeFile(file, [...formatGiftLog(live), ''].join('\n'));
  return file;
};

/** Waits until the gateway that runs now has answered so many claims of the live. */
const untilAnswered = (claims: number) =>
  expect
    .poll(() => metricOf(stage.system.gatewayUrls[0]!, 'carat_receipts_total').catch(() => 0), {
      timeout: 60_000,
    })
    .toBeGreaterThan(claims);

it('a gateway and a projector are each killed in the middle of a live: all witnesses agree', {
  timeout: 300_000,
}, async () => {
  const file = whole && recorded && existsSync(recorded) ? recorded : await simulated();
  const played = runCarat(stage.system, 'play', '--speed', '40', '--json', file);
  await untilAnswered(40);
  const gateway = stage.system.process('gateway');
  const { exited } = gateway;
  gateway.kill('SIGKILL');
  await exited;
  await gateway.ready();
  await untilAnswered(20);
  stage.system.process('projector').kill('SIGKILL');
  const ran = await played;
  expect(ran).toMatchObject({ code: 0, stderr: expect.any(String) });
  expect(lastObject(ran)).toMatchObject({ agree: true, refused: 0 });
  expect(await runCarat(stage.system, 'verify')).toMatchObject({ code: 0 });
});
