import { type AsOf, type http, type Unit, unitOfCreator } from '@carat/protocol';
import type { askUnit, FieldsAnswer } from './questions.ts';
import { minRanked } from './ranks.ts';
import { liveFields, minuteField, tables } from './tables.ts';
import { decodeTotal, rankTotals } from './totals.ts';

type Questions = ReturnType<typeof askUnit>;

/** Asks one unit of the generation that is read, in one step; undefined while its numbers are unknown. */
type Ask = (
  unitIn: (units: readonly Unit[]) => Unit,
  write: (questions: Questions) => void,
) => Promise<{ readonly asOf: AsOf; readonly answers: readonly unknown[] } | undefined>;

/** Instants, ms since 1970: those from the first on, and before the second. */
export type Stretch = { readonly from: number; readonly to: number };
export type Booked = http.LiveMinutes['minutes'][number];
export type ListedLive = http.CreatorLives['lives'][number];

/** Minutes, or days, that are read at once. */
export const maxSpans = 1_500;
export const minuteMs = 60_000;
export const dayMs = 86_400_000;

/** Reads what was booked when, and the lives of a creator. Each answer is as of one place. */
export const createOverTime = (ask: Ask) => {
  const ofCreator = (creator: string) => (units: readonly Unit[]) => unitOfCreator(creator, units);

  type Spans = {
    readonly tableOf: (start: number) => string;
    readonly fieldOf: (start: number) => string;
    readonly ms: number;
  };

  const spans = async (creator: string, { tableOf, fieldOf, ms }: Spans, { from, to }: Stretch) => {
    const first = from - (from % ms);
    const many = Math.max(0, Math.min(Math.ceil((to - first) / ms), maxSpans));
    const starts = Array.from({ length: many }, (_, i) => first + i * ms);
    const byTable = Map.groupBy(starts, tableOf);
    const found = await ask(ofCreator(creator), (unit) => {
      for (const [table, among] of byTable) unit.fields(table, among.map(fieldOf));
    });
    if (found === undefined) return undefined;
    const values = (found.answers as FieldsAnswer[]).flatMap(([, values]) => values);
    return { asOf: found.asOf, booked: starts.flatMap((start, i) => parseSpan(start, values[i])) };
  };

  return {
    /** Minutes of a live in which something was booked, at most `maxSpans` from the first on, in order. */
    async liveMinutes({ live, creator }: { readonly live: string; readonly creator: string }, of: Stretch) {
      const fieldOf = (minute: number): string => minuteField(minute, live);
      const minutes = { tableOf: tables.liveMinutes, fieldOf, ms: minuteMs };
      const found = await spans(creator, minutes, of);
      return found && { asOf: found.asOf, minutes: found.booked };
    },

    /** Days of UTC on which a creator was given something, at most `maxSpans` from the first on, in order. */
    async creatorDays(creator: string, of: Stretch) {
      const days = { tableOf: tables.creatorDays, fieldOf: () => creator, ms: dayMs };
      const found = await spans(creator, days, of);
      return found && { asOf: found.asOf, days: found.booked };
    },

    /**
     * The lives of a creator that were started before an instant, newest first; of its newest 1,000. A page
     * holds all that were started in the same ms as its last one, so it may be longer than asked for.
     */
    async creatorLives(
      creator: string,
      {
        before = Number.POSITIVE_INFINITY,
        limit,
      }: { readonly before?: number | undefined; readonly limit: number },
    ): Promise<{ asOf: AsOf; lives: ListedLive[]; next: number | null } | undefined> {
      const listed = await ask(ofCreator(creator), (unit) =>
        unit.top(tables.creatorLives(creator), minRanked),
      );
      if (listed === undefined) return undefined;
      const older = rankTotals(pairsOf(listed.answers[0] as string[]))
        .map(({ id, amounts }) => ({ live: id, startedAt: amounts[0]! }))
        .filter(({ startedAt }) => startedAt < before);
      const last = older[limit - 1]?.startedAt ?? Number.NEGATIVE_INFINITY;
      const page = older.filter(({ startedAt }) => startedAt >= last);
      const found = await ask(ofCreator(creator), (unit) => {
        for (const { live } of page) {
          unit.fields(tables.liveTotals(live), [liveFields.all, liveFields.title]);
          unit.fields(tables.liveBoard(live), []);
        }
      });
      if (found === undefined) return undefined;
      const lives = page.map((each, i) => ({ ...each, ...parseLive(found.answers.slice(2 * i, 2 * i + 2)) }));
      const next = page.length < older.length ? (page.at(-1)?.startedAt ?? null) : null;
      return { asOf: found.asOf, lives, next };
    },
  };
};

const parseSpan = (from: number, value: string | null | undefined): Booked[] => {
  if (value == null) return [];
  const [coins = 0, gifts = 0, millidiamonds = 0] = decodeTotal(value).amounts;
  return [{ from, coins, gifts, millidiamonds }];
};

const parseLive = (answers: readonly unknown[]): Omit<ListedLive, 'live' | 'startedAt'> => {
  const [[, [all, title = null]], [senders]] = answers as [FieldsAnswer, FieldsAnswer];
  const [coins = 0, gifts = 0, millidiamonds = 0] = all == null ? [] : decodeTotal(all).amounts;
  return { title, coins, gifts, millidiamonds, senders };
};

const pairsOf = (flat: readonly string[]): [string, string][] =>
  Array.from({ length: flat.length / 2 }, (_, i) => [flat[2 * i]!, flat[2 * i + 1]!]);
