import {
  type AsOf,
  type http,
  type Ranked,
  type ShownBooking,
  unitOfBoard,
  unitOfCreator,
  type Window,
} from '@carat/protocol';
import type { RedisClient } from './connection.ts';
import { clampPlace, type FeedPage, feedLimits, parseFeedPage } from './feeds.ts';
import { activeGeneration, type Generation } from './generations.ts';
import type { Unit } from './keys.ts';
import { createOverTime } from './over-time.ts';
import { askUnit, type FieldsAnswer } from './questions.ts';
import { liveFields, tables } from './tables.ts';
import { decodeTotal, rankTotals } from './totals.ts';

export type LiveTotals = { coins: number; gifts: number; senders: number; millidiamonds: number };
export type PerGift = { gift: string; gifts: number; coins: number };
export type BoardKind = 'creators' | 'gifters';
/** A live, and whose it is, which says where its numbers lie. */
export type LiveOf = { readonly live: string; readonly creator: string };

/** For how long a process goes by the pointer as it last read it. */
const pointerMaxAgeMs = 1_000;
export const maxBoardEntries = 1_000;

type Questions = ReturnType<typeof askUnit>;
type Answered = { readonly asOf: AsOf; readonly answers: readonly unknown[] };

/**
 * Reads numbers together with what they are as of, each answer in one step.
 *
 * Every answer is undefined while the numbers are unknown: there is no active generation, or it is being
 * filled for the first time. Whoever was never gifted has zeros. Rejects where Redis cannot be reached.
 */
export const createReader = (redis: RedisClient) => {
  const ask = createAsk(redis);
  return {
    ...createOverTime(ask),

    async liveTotals({
      live,
      creator,
    }: LiveOf): Promise<{ asOf: AsOf; totals: LiveTotals; perGift: PerGift[] } | undefined> {
      const found = await ask(ofCreator(creator), (unit) => {
        unit.table(tables.liveTotals(live));
        unit.fields(tables.liveBoard(live), []);
      });
      if (found === undefined) return undefined;
      const fields = pairs(found.answers[0] as string[]);
      const [senders] = found.answers[1] as FieldsAnswer;
      const totals = parseLiveTotals(new Map(fields).get(liveFields.all), senders);
      return { asOf: found.asOf, totals, perGift: parsePerGift(fields) };
    },

    async liveBoard({ live, creator }: LiveOf, limit: number) {
      const found = await ask(ofCreator(creator), (unit) =>
        unit.top(tables.liveBoard(live), boundBoard(limit)),
      );
      return found && { asOf: found.asOf, entries: parseTop(found.answers[0], limit) };
    },

    /** Totals and board as of the same place. */
    async liveNumbers(
      { live, creator }: LiveOf,
      limit: number,
    ): Promise<{ asOf: AsOf; totals: LiveTotals; board: Ranked[] } | undefined> {
      const found = await ask(ofCreator(creator), (unit) => {
        unit.fields(tables.liveTotals(live), [liveFields.all]);
        unit.fields(tables.liveBoard(live), []);
        unit.top(tables.liveBoard(live), boundBoard(limit));
      });
      if (found === undefined) return undefined;
      const [, [all]] = found.answers[0] as FieldsAnswer;
      const [senders] = found.answers[1] as FieldsAnswer;
      return {
        asOf: found.asOf,
        totals: parseLiveTotals(all, senders),
        board: parseTop(found.answers[2], limit),
      };
    },

    /** The newest bookings, or those after a place, in log order; at most `feedLimits.maxPageBookings`. */
    async liveFeed(
      { live, creator }: LiveOf,
      { after, limit }: { after?: string | undefined; limit: number },
    ): Promise<({ asOf: AsOf } & FeedPage<ShownBooking>) | undefined> {
      const n = Math.min(limit, feedLimits.maxPageBookings);
      const from = after === undefined ? undefined : clampPlace(after);
      const found = await ask(ofCreator(creator), (unit) => unit.feed(tables.feed(live), from, n));
      return found && { asOf: found.asOf, ...parseFeedPage(found.answers[0] as string[], from, n) };
    },

    async earnings(
      creator: string,
    ): Promise<{ asOf: AsOf; millidiamonds: number; coins: number; gifts: number } | undefined> {
      const found = await ask(ofCreator(creator), (unit) => unit.fields(tables.earnings, [creator]));
      if (found === undefined) return undefined;
      const [, [earned]] = found.answers[0] as FieldsAnswer;
      const [millidiamonds = 0, coins = 0, gifts = 0] = earned ? decodeTotal(earned).amounts : [];
      return { asOf: found.asOf, millidiamonds, coins, gifts };
    },

    /**
     * The board of the window that holds `at`: of creators by millidiamonds, of gifters by coins.
     * @throws RangeError for gifters by the hour, of whom there is no board.
     */
    async board(kind: BoardKind, window: http.BoardWindow, at: number, limit: number) {
      if (kind === 'gifters' && window === 'hour') throw new RangeError('gifters have no board by the hour');
      const table = kind === 'creators' ? tables.creatorBoard(window, at) : tables.gifterBoard(window, at);
      const found = await ask('boards', (unit) => unit.top(table, boundBoard(limit)));
      return found && { asOf: found.asOf, entries: parseTop(found.answers[0], limit) };
    },

    /**
     * A board that an operator defined, of the window that holds `at`. Undefined also where no generation
     * holds it: it was defined just now, or is no longer kept.
     */
    async definedBoard(
      { board, window }: { readonly board: string; readonly window: Window },
      at: number,
      limit: number,
    ): Promise<{ asOf: AsOf; entries: Ranked[] } | undefined> {
      const table = tables.definedBoard(window, at);
      const found = await ask(unitOfBoard(board), (unit) => unit.top(table, boundBoard(limit)));
      return found && { asOf: found.asOf, entries: parseTop(found.answers[0], limit) };
    },
  };
};

export type Reader = ReturnType<typeof createReader>;

type FindUnit = (units: readonly Unit[]) => Unit;
const ofCreator =
  (creator: string): FindUnit =>
  (units) =>
    unitOfCreator(creator, units);

const createAsk = (redis: RedisClient) => {
  let pointer: { active: Generation | undefined; readAt: number } | undefined;

  const active = async (fresh: boolean): Promise<Generation | undefined> => {
    const now = performance.now();
    if (fresh || pointer === undefined || now - pointer.readAt > pointerMaxAgeMs) {
      pointer = { active: await activeGeneration(redis), readAt: now };
    }
    return pointer.active;
  };

  const askOnce = async (
    generation: string,
    unit: Unit,
    write: (questions: Questions) => void,
  ): Promise<Answered | 'gone' | undefined> => {
    const questions = askUnit(generation, unit);
    write(questions);
    const { checkpoint, answers } = await questions.read(redis);
    if (checkpoint === undefined || checkpoint.torn) return 'gone';
    if (!checkpoint.complete) return undefined;
    return { asOf: { generation, position: checkpoint.position }, answers };
  };

  return async (
    unitIn: Unit | FindUnit,
    write: (questions: Questions) => void,
  ): Promise<Answered | undefined> => {
    for (const fresh of [false, true]) {
      const found = await active(fresh);
      if (found === undefined) continue;
      const unit = typeof unitIn === 'function' ? unitIn(found.units) : unitIn;
      if (!found.units.includes(unit)) continue;
      const answered = await askOnce(found.generation, unit, write);
      if (answered !== 'gone') return answered;
    }
    return undefined;
  };
};

const boundBoard = (limit: number): number => Math.max(1, Math.min(limit, maxBoardEntries));

const pairs = (flat: readonly string[]): [string, string][] =>
  Array.from({ length: flat.length / 2 }, (_, i) => [flat[2 * i]!, flat[2 * i + 1]!]);

const parseTop = (answer: unknown, limit: number): Ranked[] =>
  rankTotals(pairs(answer as string[]))
    .slice(0, boundBoard(limit))
    .map(({ id, amounts }) => ({ id, score: amounts[0]! }));

const parseLiveTotals = (all: string | null | undefined, senders: number): LiveTotals => {
  const [coins = 0, gifts = 0, millidiamonds = 0] = all == null ? [] : decodeTotal(all).amounts;
  return { coins, gifts, senders, millidiamonds };
};

const parsePerGift = (fields: readonly [string, string][]): PerGift[] => {
  const found: PerGift[] = [];
  for (const [field, value] of fields) {
    if (!field.startsWith(liveFields.giftPrefix)) continue;
    const [gifts = 0, coins = 0] = decodeTotal(value).amounts;
    found.push({ gift: field.slice(liveFields.giftPrefix.length), gifts, coins });
  }
  return found.sort((a, b) => b.coins - a.coins || (a.gift < b.gift ? -1 : 1));
};
