import type { Batch, TableBatch } from './batch.ts';
import type { RedisClient } from './connection.ts';
import { decodeFeedHead } from './feeds.ts';
import { feedHeadsTable, type Unit } from './keys.ts';
import type { Known, KnownTable } from './known.ts';
import { askUnit, type FieldsAnswer, type FloorAnswer } from './questions.ts';
import { minRanked } from './ranks.ts';
import { decodeTotal } from './totals.ts';

/** Fields asked for in one step, which keeps Redis below 5 ms. */
const maxAskedAtOnce = 5_000;

const missingFields = (table: KnownTable | undefined, { sums }: TableBatch): string[] => {
  if (table?.whole) return [];
  const missing: string[] = [];
  for (const field of sums.keys()) if (!table?.totals.has(field)) missing.push(field);
  return missing;
};

/**
 * Asks for whatever the batch touches and is not known, in as many steps as it takes, all of them as of the
 * same application. What is then not known does not exist.
 * @returns false where the unit is no longer at the application that the known values are of.
 */
export const learnMissing = async (
  redis: RedisClient,
  unit: { readonly generation: string; readonly unit: Unit },
  known: Known,
  batch: Batch,
  application: string,
): Promise<boolean> => {
  const asking = createAsking(redis, unit, application);
  for (const [name, changed] of batch.tables) {
    const table = known.table(name);
    const missing = missingFields(table, changed);
    if (table !== undefined && missing.length === 0) continue;
    for (let first = 0; first === 0 || first < missing.length; first += maxAskedAtOnce) {
      if (!(await asking.makeRoom())) return false;
      if (known.table(name)?.whole) break;
      askFields(asking, known, name, missing.slice(first, first + maxAskedAtOnce));
    }
    if (changed.ranked && table === undefined) askFloor(asking, known, name);
  }
  const feeds = [...batch.feeds.keys()].filter((feed) => known.feed(feed) === undefined);
  for (let first = 0; first < feeds.length; first += maxAskedAtOnce) {
    if (!(await asking.makeRoom())) return false;
    askFeeds(asking, known, feeds.slice(first, first + maxAskedAtOnce));
  }
  return asking.finish();
};

type Questions = ReturnType<typeof askUnit>;

/** Gathers questions, and puts them as soon as there are many. */
const createAsking = (
  redis: RedisClient,
  { generation, unit }: { readonly generation: string; readonly unit: Unit },
  application: string,
) => {
  let questions = askUnit(generation, unit);
  let takers: ((answer: unknown) => void)[] = [];
  let asked = 0;

  const finish = async (): Promise<boolean> => {
    if (takers.length === 0) return true;
    const { checkpoint, answers } = await questions.read(redis);
    if (checkpoint?.application !== application || checkpoint.torn) return false;
    for (const [i, take] of takers.entries()) take(answers[i]);
    questions = askUnit(generation, unit);
    takers = [];
    asked = 0;
    return true;
  };
  return {
    ask(fields: number, put: (questions: Questions) => void, take: (answer: unknown) => void): void {
      put(questions);
      takers.push(take);
      asked += fields;
    },
    /** @returns false where the unit is at another application by now */
    makeRoom: async (): Promise<boolean> => asked < maxAskedAtOnce || (await finish()),
    /** The same. */
    finish,
  };
};

type Asking = ReturnType<typeof createAsking>;

const askFields = (asking: Asking, known: Known, name: string, fields: readonly string[]): void =>
  asking.ask(
    fields.length,
    (questions) => questions.fields(name, fields),
    (answer) => {
      const [size, values] = answer as FieldsAnswer;
      const table = known.learn(name, { size, floor: undefined });
      for (const [i, value] of values.entries()) {
        if (value !== null) known.learnTotal(table, fields[i]!, decodeTotal(value));
      }
    },
  );

const askFloor = (asking: Asking, known: Known, name: string): void =>
  asking.ask(
    1,
    (questions) => questions.floor(name),
    (answer) => {
      const [size, lowest] = answer as FloorAnswer;
      const table = known.table(name);
      if (table && size >= minRanked) table.floor = Number(lowest);
    },
  );

const askFeeds = (asking: Asking, known: Known, feeds: readonly string[]): void =>
  asking.ask(
    feeds.length,
    (questions) => questions.fields(feedHeadsTable, feeds),
    (answer) => {
      const [, heads] = answer as FieldsAnswer;
      for (const [i, feed] of feeds.entries()) known.putFeed(feed, decodeFeedHead(heads[i]));
    },
  );
