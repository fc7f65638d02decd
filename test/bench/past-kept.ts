import { constants, existsSync } from 'node:fs';
import { copyFile, mkdir, mkdtemp, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { createSealing, type EventStore, openEventStore } from '@carat/event-store';
import { caratDir, startRedis, startSystem } from '@carat/local';
import type { Measurable } from './cpu.ts';
import { startLives } from './crowd.ts';
import { startProgram } from './fanout-programs.ts';
import { writePast } from './past.ts';
import type { PastFiller } from './past-filler.ts';

/** Another where pasts are written otherwise than before: those that are kept are then made anew. */
const version = 1;
const lives = 50;
const viewers = 20_000;
/** Long enough ago that no gateway remembers its combos, and not so long that its lives are over. */
const endedBeforeMs = 3_600_000;
const sealSliceEvents = 10_000;
const say = (line: string): void => void process.stderr.write(`${line}\n`);

/** As a projector would have done meanwhile: who opens a log proves whatever is not sealed. */
const sealAll = async (store: EventStore): Promise<void> => {
  const sealing = createSealing({ store, now: Date.now });
  for (let atHead = false; !atHead; ) {
    atHead = await sealing.gather(sealSliceEvents);
    if (sealing.full || (atHead && sealing.unsealed > 0)) await sealing.seal();
  }
};

/** The file of a log with so many gifts, which is written once and kept in `.carat/bench`. */
const keepPast = async (gifts: number): Promise<string> => {
  const folder = join(caratDir, 'bench', `past-${gifts}-v${version}`);
  const file = join(folder, 'carat.db');
  if (existsSync(file)) return file;
  const unfinished = `${folder}.part`;
  await rm(unfinished, { recursive: true, force: true });
  await mkdir(unfinished, { recursive: true });
  const url = `sqlite:${join(unfinished, 'carat.db')}`;
  const began = performance.now();
  let nextSaid = 0.1;
  const names = Array.from({ length: lives }, (_, n) => `past-live-${n}`);
  await writePast(url, { lives: names, viewers, gifts, ends: Date.now() - endedBeforeMs }, (written) => {
    if (written < nextSaid * gifts) return;
    say(`a log of ${gifts} gifts is written: ${Math.round((100 * written) / gifts)} %`);
    nextSaid += 0.1;
  });
  const store = await openEventStore(url);
  await sealAll(store);
  await store.close();
  await rename(unfinished, folder);
  const [seconds, { size }] = [(performance.now() - began) / 1_000, await stat(file)];
  const MiB = Math.round(size / 2 ** 20);
  say(`a log of ${gifts} gifts took ${Math.round(seconds)} s and has ${MiB} MiB: ${file}`);
  return file;
};

/**
 * A system on a copy of a log with so many gifts of the past, its numbers whole, and lives in which those who
 * sent them can go on.
 */
export const startOnPast = async (dir: string, gifts: number, running: readonly string[]) => {
  const kept = await keepPast(gifts);
  const own = await mkdtemp(join(dir, 'past-'));
  const file = join(own, 'carat.db');
  await copyFile(kept, file, constants.COPYFILE_FICLONE);
  const eventStore = `sqlite:${file}`;
  const store = await openEventStore(eventStore);
  await startLives(store, running);
  await store.close();
  const redis = await startRedis({ dir: own });
  const filler = await startProgram<PastFiller>('past-filler.ts');
  const filledSeconds = await filler.ask('fill', { redisUrl: redis.url, log: eventStore });
  await filler.end();
  const env = { LOG_LEVEL: 'warn' };
  const system = await startSystem({ dir: own, eventStore, redisUrl: redis.url, env });
  const measurable: Measurable = {
    ...system,
    processes: [...system.processes, { name: 'redis', pid: redis.pid }],
  };
  return {
    system,
    measurable,
    filledSeconds,
    logBytes: (await stat(file)).size,
    async stop(): Promise<void> {
      await system.stop();
      await redis.stop();
    },
  };
};

export type PastSystem = Awaited<ReturnType<typeof startOnPast>>;
