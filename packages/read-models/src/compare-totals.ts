import { type Compared, type Difference, lookInside, readBoth, slicesOf } from './compared.ts';
import { tableKey } from './keys.ts';
import type { FieldsAnswer } from './questions.ts';
import { scanFields } from './scan.ts';
import { loadScript } from './script.ts';

/** What one script looks at, which keeps Redis below 5 ms. */
const fieldsAtOnce = 4_000;
const sizesAtOnce = 1_000;

const scan = loadScript('./compare-totals.lua');
type Scanned = [next: string, ...fields: string[]];
type Fields = { readonly table: string; readonly fields: readonly string[] };

/**
 * Where both say the same of a field they agree, though the live one may stand some events further: a total
 * names the place of the last booking in it. Only what differs is read again as of one place.
 */
export async function* compareTotals(
  compared: Compared,
  tables: readonly string[],
): AsyncGenerator<Difference> {
  const lacking = new Set<string>();
  for await (const differing of differingFields(compared, tables)) {
    for await (const difference of compareFields(compared, differing)) {
      if (difference.rebuilt === null) lacking.add(difference.table);
      yield difference;
    }
  }
  // The rebuilt one has all that the live one has, or it was just said what it lacks.
  for (const some of slicesOf(tables, sizesAtOnce)) {
    const both = await readBoth(compared, (questions) => {
      for (const table of some) questions.fields(table, []);
    });
    for (const [n, table] of some.entries()) {
      const areAsMany = (both.live[n] as FieldsAnswer)[0] === (both.rebuilt[n] as FieldsAnswer)[0];
      if (!areAsMany || lacking.has(table)) yield* compareRest(compared, table);
    }
  }
}

/** Fields of which both do not say the same, of several tables together. */
async function* differingFields(compared: Compared, tables: readonly string[]): AsyncGenerator<Fields[]> {
  let found: Fields[] = [];
  let count = 0;
  for (const table of tables) {
    for await (const fields of scanTable(compared, table)) {
      if (count > 0 && count + fields.length > fieldsAtOnce) {
        yield found;
        [found, count] = [[], 0];
      }
      found.push({ table, fields });
      count += fields.length;
    }
  }
  if (count > 0) yield found;
}

/** The same of one table, some at a time, none of them empty. */
async function* scanTable(compared: Compared, table: string): AsyncGenerator<readonly string[]> {
  let cursor = '0';
  do {
    const said = await lookInside(compared, table, scan, [cursor, fieldsAtOnce]);
    const [next, ...fields] = said as Scanned;
    cursor = next;
    if (fields.length > 0) yield fields;
  } while (cursor !== '0');
}

/** What the rebuilt table has and the live one lacks. */
async function* compareRest(compared: Compared, table: string): AsyncGenerator<Difference> {
  const { redis, unit, live, rebuilt } = compared;
  for await (const some of scanFields(redis, tableKey(rebuilt, unit, table))) {
    const found = await redis.hmget(tableKey(live, unit, table), ...some);
    const fields = some.filter((_, place) => found[place] === null);
    if (fields.length > 0) yield* compareFields(compared, [{ table, fields }]);
  }
}

async function* compareFields(compared: Compared, asked: readonly Fields[]): AsyncGenerator<Difference> {
  const both = await readBoth(compared, (questions) => {
    for (const { table, fields } of asked) questions.fields(table, fields);
  });
  for (const [n, { table, fields }] of asked.entries()) {
    const [, live] = both.live[n] as FieldsAnswer;
    const [, rebuilt] = both.rebuilt[n] as FieldsAnswer;
    for (const [place, field] of fields.entries()) {
      const [one, other] = [live[place] ?? null, rebuilt[place] ?? null];
      if (one !== other) yield { unit: compared.unit, table, field, live: one, rebuilt: other };
    }
  }
}
