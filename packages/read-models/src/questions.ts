import type { RedisClient } from './connection.ts';
import { checkpointKey, ranksKey, tableKey, type Unit } from './keys.ts';
import { loadScript } from './script.ts';

/** Where a unit stands in the log. */
export type Checkpoint = {
  /** Null until the first event was applied. */
  readonly position: string | null;
  readonly event: string | null;
  /** Id of the last application: no two ever share one. */
  readonly application: string;
  /** True where an application broke off in the middle: the numbers are worth nothing. */
  readonly torn: boolean;
  /** True once the unit has reached the head of the log. */
  readonly complete: boolean;
};

type CheckpointReply = [
  position: string | null,
  event: string | null,
  application: string | null,
  torn: string | null,
  complete: string | null,
];

const parseCheckpoint = (reply: CheckpointReply): Checkpoint | undefined => {
  const [position, event, application, torn, complete] = reply;
  if (application === null) return undefined;
  return { position, event, application, torn: torn !== null, complete: complete !== null };
};

const read = loadScript('./read.lua');

/** Gathers what is to be read of one unit, then reads all of it in one step. */
export const askUnit = (generation: string, unit: Unit) => {
  const keys = [checkpointKey(generation, unit)];
  const args: (string | number)[] = [];
  const name = (key: string): number => keys.push(key);
  const table = (name: string): string => tableKey(generation, unit, name);
  return {
    fields(of: string, fields: readonly string[]): void {
      args.push('fields', name(table(of)), fields.length);
      for (const field of fields) args.push(field);
    },
    table(of: string): void {
      args.push('table', name(table(of)));
    },
    top(of: string, n: number): void {
      args.push('top', name(ranksKey(generation, unit, of)), name(table(of)), n);
    },
    floor(of: string): void {
      args.push('floor', name(ranksKey(generation, unit, of)));
    },
    feed(of: string, after: string | undefined, n: number): void {
      args.push('feed', name(table(of)), after ?? '', n);
    },
    /**
     * @returns the checkpoint, undefined where there is none, and the answers in the order of the questions.
     */
    async read(redis: RedisClient): Promise<{ checkpoint: Checkpoint | undefined; answers: unknown[] }> {
      const [checkpoint, ...answers] = (await read(redis, keys, args)) as [CheckpointReply, ...unknown[]];
      return { checkpoint: parseCheckpoint(checkpoint), answers };
    },
  };
};

export const readCheckpoint = async (
  redis: RedisClient,
  generation: string,
  unit: Unit,
): Promise<Checkpoint | undefined> => (await askUnit(generation, unit).read(redis)).checkpoint;

/** Answers of `fields`: how many fields the table has, and the values asked for. */
export type FieldsAnswer = [size: number, values: (string | null)[]];
export type FloorAnswer = [size: number, lowest: string];
