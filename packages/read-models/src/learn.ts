import type { Redis } from 'ioredis';
import type { Batch, TableBatch } from './batch.ts';
import { decodeFeedHead } from './feeds.ts';
import { feedHeadsTable, type Unit } from './keys.ts';
import type { Known, KnownTable } from './known.ts';
import { askUnit, type FieldsAnswer, type FloorAnswer } from './questions.ts';
import { minRanked } from './ranks.ts';
import { decodeTotal } from './totals.ts';

const missingFields = (table: KnownTable | undefined, { sums }: TableBatch): string[] => {
  if (table?.whole) return [];
  const missing: string[] = [];
  for (const field of sums.keys()) if (!table?.totals.has(field)) missing.push(field);
  return missing;
};

/**
 * Asks for whatever the batch touches and is not known, in one step. What is then not known does not exist.
 * @returns false where the unit is no longer at the application that the known values are of.
 */
export const learnMissing = async (
  redis: Redis,
  unit: { readonly generation: string; readonly unit: Unit },
  known: Known,
  batch: Batch,
  application: string,
): Promise<boolean> => {
  const questions = askUnit(unit.generation, unit.unit);
  const takers: ((answer: unknown) => void)[] = [];

  for (const [name, changed] of batch.tables) {
    const table = known.table(name);
    const missing = missingFields(table, changed);
    if (table !== undefined && missing.length === 0) continue;
    askTable(questions, takers, known, name, changed.ranked && table === undefined, missing);
  }
  const feeds = [...batch.feeds.keys()].filter((feed) => known.feed(feed) === undefined);
  if (feeds.length > 0) {
    questions.fields(feedHeadsTable, feeds);
    takers.push((answer) => {
      const [, heads] = answer as FieldsAnswer;
      for (const [i, feed] of feeds.entries()) known.putFeed(feed, decodeFeedHead(heads[i]));
    });
  }
  if (takers.length === 0) return true;

  const { checkpoint, answers } = await questions.read(redis);
  if (checkpoint?.application !== application || checkpoint.torn) return false;
  for (const [i, take] of takers.entries()) take(answers[i]);
  return true;
};

const askTable = (
  questions: ReturnType<typeof askUnit>,
  takers: ((answer: unknown) => void)[],
  known: Known,
  name: string,
  askFloor: boolean,
  fields: readonly string[],
): void => {
  questions.fields(name, fields);
  takers.push((answer) => {
    const [size, values] = answer as FieldsAnswer;
    const table = known.learn(name, { size, floor: undefined });
    for (const [i, value] of values.entries()) {
      if (value !== null) known.learnTotal(table, fields[i]!, decodeTotal(value));
    }
  });
  if (!askFloor) return;
  questions.floor(name);
  takers.push((answer) => {
    const [size, lowest] = answer as FloorAnswer;
    const table = known.table(name);
    if (table && size >= minRanked) table.floor = Number(lowest);
  });
};
