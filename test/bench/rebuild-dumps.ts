import { createHash } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import {
  activeGeneration,
  dumpLines,
  type Generation,
  readCheckpoint,
  revivePrevious,
} from '@carat/read-models';
import type { Redis } from 'ioredis';

const pollMs = 50;
const maxWaitMs = 120_000;
/** The log's last seal comes within five seconds of its last gift. */
const stillMs = 6_000;

export type Dump = { readonly sha256: string; readonly bytes: number; readonly places: string };

/** The canonical form of all numbers of a generation, line by line, and where its units stand. */
const dumpOf = async (
  redis: Redis,
  { generation, units }: Pick<Generation, 'generation' | 'units'>,
): Promise<Dump> => {
  const hash = createHash('sha256');
  const places: string[] = [];
  let bytes = 0;
  for (const unit of units) {
    places.push(`${unit} ${(await readCheckpoint(redis, generation, unit))?.position}`);
    for await (const line of dumpLines(redis, generation, unit)) {
      const text = `${unit} ${line}\n`;
      hash.update(text);
      bytes += Buffer.byteLength(text);
    }
  }
  return { sha256: hash.digest('hex'), bytes, places: places.join(', ') };
};

const awaitThat = async (isSo: () => Promise<boolean>, what: string): Promise<void> => {
  const deadline = performance.now() + maxWaitMs;
  while (!(await isSo())) {
    if (performance.now() > deadline) throw new Error(what);
    await pause(pollMs);
  }
};

/** Waits until nothing is applied any more. */
const awaitStill = async (redis: Redis): Promise<void> => {
  let [places, since] = ['', performance.now()];
  await awaitThat(async () => {
    const { generation, units } = (await activeGeneration(redis))!;
    const stand = await Promise.all(units.map((unit) => readCheckpoint(redis, generation, unit)));
    const now = stand.map((checkpoint) => checkpoint?.position).join();
    if (now !== places) [places, since] = [now, performance.now()];
    return performance.now() - since > stillMs;
  }, 'The log was never still.');
};

/**
 * Dumps of the generation that was rebuilt and of the one before, both at the end of a log that nothing is
 * added to: the one before is brought there by going back to it.
 * @throws where they do not stand at the same place
 */
export const dumpBoth = async (redis: Redis): Promise<{ readonly live: Dump; readonly rebuilt: Dump }> => {
  await awaitStill(redis);
  const active = (await activeGeneration(redis))!;
  const { previous } = active;
  if (previous === undefined) throw new Error('The generation of before the rebuild is gone.');
  await revivePrevious(redis, active);
  await awaitThat(
    async () => (await activeGeneration(redis))?.generation === previous.generation,
    'The generation of before the rebuild never caught up.',
  );
  const [live, rebuilt] = [await dumpOf(redis, previous), await dumpOf(redis, active)];
  if (live.places !== rebuilt.places) throw new Error(`Not at one place: ${live.places}; ${rebuilt.places}.`);
  return { live, rebuilt };
};
