import type { RedisClient } from './connection.ts';
import { checkpointKey, tableKey, type Unit } from './keys.ts';
import { askUnit, type Checkpoint } from './questions.ts';
import type { Script } from './script.ts';

/** What two generations say of one thing, each as of the same place; null where one has nothing there. */
export type Difference = {
  readonly unit: Unit;
  readonly table: string;
  /** A field of the table, a member of its ranks, or the place of a booking. */
  readonly field: string;
  readonly live: string | null;
  readonly rebuilt: string | null;
};

/** What is compared: two generations of one unit, and who brings the rebuilt one to a place of the log. */
export type Compared = {
  readonly redis: RedisClient;
  readonly unit: Unit;
  readonly live: string;
  readonly rebuilt: string;
  /** Brings the rebuilt generation exactly to a place that the live one has reached. */
  readonly align: (place: Checkpoint) => Promise<void>;
};

/** The live generation was lost, torn or replaced while it was compared. */
export class CannotCompare extends Error {
  override readonly name = 'CannotCompare';
}

const notWhole = (unit: Unit): CannotCompare =>
  new CannotCompare(`the numbers of ${unit} that are read now are being made anew`);

const maxAttempts = 50;

type Ask = (questions: ReturnType<typeof askUnit>) => void;
/** Answers to the same questions, in their order. */
export type Both = { readonly live: readonly unknown[]; readonly rebuilt: readonly unknown[] };

const readOne = ({ redis, unit }: Compared, generation: string, ask: Ask) => {
  const questions = askUnit(generation, unit);
  ask(questions);
  return questions.read(redis);
};

const readLive = async (compared: Compared, ask: Ask) => {
  const { checkpoint, answers } = await readOne(compared, compared.live, ask);
  if (checkpoint === undefined || checkpoint.torn) throw notWhole(compared.unit);
  return { checkpoint, answers };
};

/**
 * Both answers as of one place. Bringing the rebuilt generation there costs the more, the more comes
 * meanwhile, so that much is better asked at once. @throws CannotCompare
 */
export const readBoth = async (compared: Compared, ask: Ask): Promise<Both> => {
  for (let attempt = 0; attempt < maxAttempts; attempt++) {
    const there = await readLive(compared, ask);
    await compared.align(there.checkpoint);
    const here = await readOne(compared, compared.rebuilt, ask);
    if (here.checkpoint?.position === there.checkpoint.position) {
      return { live: there.answers, rebuilt: here.answers };
    }
  }
  throw new CannotCompare(`the two generations of ${compared.unit} never stood at the same place`);
};

/** Both answers each as of where its generation stands, the live one further. @throws CannotCompare */
export const lookAtBoth = async (compared: Compared, ask: Ask): Promise<Both> => {
  const { answers: live } = await readLive(compared, ask);
  const { answers: rebuilt } = await readOne(compared, compared.rebuilt, ask);
  return { live, rebuilt };
};

/**
 * Has Redis look at a table of both, each where its generation stands.
 * @param script `compare-*.lua`: they take the same keys, and say first whether the live generation is whole
 * @returns what else it says
 * @throws CannotCompare
 */
export const lookInside = async (
  { redis, unit, live, rebuilt }: Compared,
  table: string,
  script: Script,
  args: readonly (string | number)[],
): Promise<readonly unknown[]> => {
  const keys = [checkpointKey(live, unit), tableKey(live, unit, table), tableKey(rebuilt, unit, table)];
  const [isWhole, ...said] = (await script(redis, keys, args)) as [0 | 1, ...unknown[]];
  if (isWhole === 0) throw notWhole(unit);
  return said;
};

/** Some at a time. */
export function* slicesOf<T>(all: readonly T[], atOnce: number): Generator<readonly T[]> {
  for (let first = 0; first < all.length; first += atOnce) yield all.slice(first, first + atOnce);
}
