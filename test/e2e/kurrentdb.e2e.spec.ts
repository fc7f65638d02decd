import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { formatGiftLog, simulateLive, type Totals } from '@carat/simulator';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { lastObject, runCarat, runCaratAlone } from './command.ts';
import { type EventServer, openEventServer } from './event-server.ts';
import { raiseStage, type Stage } from './stage.ts';

let server: EventServer;
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'carat-kurrentdb-'));
  server = await openEventServer();
  console.info(`What answers as KurrentDB here is ${server.name}.`);
});
afterAll(async () => {
  await server.stop();
  await rm(folder, { recursive: true });
});

const simulate = async (seed: number, sendsPerMinute: number): Promise<{ file: string; truth: Totals }> => {
  const live = simulateLive({
    seed,
    live: `simulated-${seed}`,
    durationMs: 120_000,
    sendsPerMinute,
    viewers: 300,
  });
  const file = join(folder, `simulated-${seed}.jsonl`);
  await writeFile(file, [...formatGiftLog(live), ''].join('\n'));
  return { file, truth: live.truth };
};

const expectTruth = (played: object, file: string, { frames, gifts, coins }: Totals): void =>
  expect({ file: basename(file), ...played }).toMatchObject({
    file: basename(file),
    agree: true,
    refused: 0,
    frames,
    gifts,
    coins,
  });

it('carat play --local plays into the log of a server that is chosen', { timeout: 180_000 }, async () => {
  const { file, truth } = await simulate(31, 200);
  const ran = await runCaratAlone({ CARAT_EVENT_STORE: server.address }, [
    ...['play', '--local', '--speed', '0', '--json'],
    file,
  ]);
  expect(ran).toMatchObject({ code: 0 });
  expectTruth(lastObject(ran), file, truth);
});

describe('a system on KurrentDB', () => {
  let stage: Stage;
  beforeAll(async () => {
    stage = await raiseStage({ eventStore: server.address, gateways: 2 });
  });
  afterAll(() => stage.stop());

  it('comes through with exact numbers when the server is killed', { timeout: 240_000 }, async () => {
    const { file, truth } = await simulate(32, 300);
    const played = runCarat(stage.system, 'play', '--speed', '20', '--json', file);
    if (server.killAndRestart) {
      // Not a wait for progress: the kill is to come at a moment of its own.
      await new Promise((resolve) => setTimeout(resolve, 3_000));
      await server.killAndRestart();
    } else console.info('The server was not killed: KURRENTDB_RESTART names no command that does it.');
    const ran = await played;
    expect(ran).toMatchObject({ code: 0 });
    expectTruth(lastObject(ran), file, truth);
  });

  it('is proved afterwards, from the log and number by number', { timeout: 120_000 }, async () => {
    expect(await runCarat(stage.system, 'verify')).toMatchObject({ code: 0 });
  });
});
