import { z } from 'zod';
import { asOf, id, instant, largest, position } from './ids.ts';
import { comboState } from './refusals.ts';
import { liveGoal, liveTotals, ranked, shownBooking } from './sockets.ts';
import { window } from './windows.ts';

const text = z.string().min(1).max(200);

/** An instant, or a place of the log. */
export type Moment = { readonly instant: number } | { readonly position: string };

const isoInstant = /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d{1,3})?)?(Z|[+-]\d\d:\d\d))?$/;

/** NaN where it is no instant, or of a day that its month has not: `Date.parse` goes on into the next one. */
const parseIso = (text: string): number => {
  const day = text.slice(0, 'yyyy-mm-dd'.length);
  const exists = isoInstant.test(text) && new Date(day).getUTCDate() === Number(day.slice(-2));
  return exists ? Date.parse(text) : Number.NaN;
};

/**
 * `?at=` of the numbers, and the `at` of the command line: as of when. A position is told from an instant
 * by the `@` before it.
 */
export const moment = z
  .string()
  .max(40)
  .describe('ms since 1970, ISO 8601 text with its zone, or a position of the log after an @: `@12345`')
  .transform((text, context): Moment => {
    if (/^@(0|[1-9]\d{0,19})$/.test(text)) return { position: text.slice(1) };
    const at = /^\d{1,16}$/.test(text) ? Number(text) : parseIso(text);
    if (Number.isSafeInteger(at) && at >= 0) return { instant: at };
    context.addIssue({
      code: 'custom',
      message: 'must be ms since 1970, ISO 8601 text with its zone, or @ and a position of the log',
    });
    return z.NEVER;
  });

/** POST /lives. The platform names the live, or Carat does. */
export const startLive = z.strictObject({ live: id.optional(), creator: id, title: text.optional() });
export const live = z.object({
  live: z.string(),
  creator: z.string(),
  title: z.string().nullable(),
  startedAt: instant,
  endedAt: instant.nullable(),
  goal: liveGoal.nullable(),
});
export type Live = z.infer<typeof live>;

/** PUT /lives/:live/goal */
export const setGoal = z.strictObject({ title: text, coins: z.int().min(1).max(largest.grantCoins) });

/** POST /lives/:live/blocks */
export const blockViewer = z.strictObject({ viewer: id });
/** Whether the live takes gifts from the viewer, as POST and DELETE of a block leave it. */
export const block = z.object({ live: z.string(), viewer: z.string(), blocked: z.boolean() });
export type Block = z.infer<typeof block>;

/** GET /lives/:live/blocks: from whom the live takes no gifts, a page at a time in the order of their ids. */
export const blocks = z.object({
  live: z.string(),
  viewers: z.array(z.string()),
  /** Send it back as `after` for the next page; null after the last one. */
  next: z.string().nullable(),
});
export type Blocks = z.infer<typeof blocks>;

/**
 * PUT /catalogue/:gift lists a gift, or changes its name or price; a running combo keeps what it began with.
 */
export const listGift = z.strictObject({
  name: text,
  coins: z.int().min(1).max(largest.unitCoins),
  streakable: z.boolean(),
});
export const gift = z.object({
  gift: z.string(),
  name: z.string(),
  coins: z.int(),
  streakable: z.boolean(),
  retired: z.boolean(),
});
export type Gift = z.infer<typeof gift>;

/** POST /rates: how many thousandths of a diamond a coin earns from an instant on. */
export const setDiamondRate = z.strictObject({
  millidiamondsPerCoin: z.int().min(1).max(largest.millidiamondsPerCoin),
  from: instant.optional().describe('at once where it is missing; never in the past'),
});
export const diamondRate = z.object({ millidiamondsPerCoin: z.int(), from: instant });
export type DiamondRate = z.infer<typeof diamondRate>;

/** POST /grants. The same grant id is honoured once, for ever; a repetition gets the first answer. */
export const grantCoins = z.strictObject({
  grant: id,
  viewer: id,
  coins: z.int().min(1).max(largest.grantCoins),
});
export const grant = z.object({
  grant: z.string(),
  viewer: z.string(),
  coins: z.int(),
  at: instant,
  /** True where this very grant had been made before: nothing was added now. */
  repeated: z.boolean(),
});
export type Grant = z.infer<typeof grant>;

/** GET /wallets/:viewer, read from the log itself. */
export const wallet = z.object({ viewer: z.string(), balance: z.int(), position: position.nullable() });
export type Wallet = z.infer<typeof wallet>;

/** GET /wallets/:viewer/combos/:combo, read from the log itself: also long after the combo was forgotten. */
export const combo = z.object({
  ...comboState.shape,
  live: z.string(),
  gift: z.string(),
  at: instant,
  position,
});
export type Combo = z.infer<typeof combo>;

/** GET /lives/:live/totals */
export const totals = z.object({
  live: z.string(),
  asOf,
  ...liveTotals.shape,
  perGift: z.array(z.object({ gift: z.string(), gifts: z.int(), coins: z.int() })),
});
export type Totals = z.infer<typeof totals>;

/**
 * GET /lives/:live/board, /boards/creators, /boards/gifters, /boards/:board: best first; ties go to who
 * reached the score first.
 */
export const board = z.object({
  asOf,
  /** What the scores are: coins, or thousandths of diamonds. */
  unit: z.enum(['coins', 'millidiamonds']),
  entries: z.array(ranked),
});
export type Board = z.infer<typeof board>;

export { type Window as BoardWindow, window as boardWindow } from './windows.ts';

/** Boards that are always there; no other is called so. */
const reservedBoards: readonly string[] = ['creators', 'gifters'];

const anyOf = (what: string) =>
  z.array(id).max(largest.boardIds).default([]).describe(`only bookings ${what}; all where there are none`);

/** POST /boards. The same definition again, while the board stands, changes nothing. */
export const createBoard = z
  .strictObject({
    board: id.refine(
      (board) => !reservedBoards.includes(board),
      'is the name of a board that is always there',
    ),
    by: z.enum(['viewer', 'creator']).describe('viewers by coins, or creators by millidiamonds'),
    lives: anyOf('in these lives'),
    gifts: anyOf('of these gifts'),
    from: instant.nullable().default(null).describe('only bookings from this instant on, ms since 1970'),
    to: instant.nullable().default(null).describe('only bookings before this instant, ms since 1970'),
    window: window.default('all').describe('it begins anew with each such window, UTC'),
  })
  .refine(({ from, to }) => from === null || to === null || from < to, {
    path: ['to'],
    message: 'must be later than `from`',
  });
export const definedBoard = z.object({
  board: z.string(),
  by: z.enum(['viewer', 'creator']),
  lives: z.array(z.string()),
  gifts: z.array(z.string()),
  from: instant.nullable(),
  to: instant.nullable(),
  window,
  retired: z.boolean(),
});
export type DefinedBoard = z.infer<typeof definedBoard>;

/** GET /creators/:creator/earnings */
export const earnings = z.object({
  creator: z.string(),
  asOf,
  millidiamonds: z.int(),
  coins: z.int(),
  gifts: z.int(),
});
export type Earnings = z.infer<typeof earnings>;

/** GET /creators/:creator/lives: newest first. */
export const creatorLives = z.object({
  creator: z.string(),
  asOf,
  lives: z.array(
    z.object({
      live: z.string(),
      title: z.string().nullable(),
      startedAt: instant,
      coins: z.int(),
      gifts: z.int(),
      millidiamonds: z.int(),
      senders: z.int(),
    }),
  ),
  /** Send it back as `before` for older ones; null after the last one. */
  next: instant.nullable(),
});
export type CreatorLives = z.infer<typeof creatorLives>;

/** A stretch of time, by its beginning, and what was booked in it. */
const booked = z.object({ from: instant, coins: z.int(), gifts: z.int(), millidiamonds: z.int() });
/** GET /lives/:live/minutes: minutes in which something was booked, in order. */
export const liveMinutes = z.object({ live: z.string(), asOf, minutes: z.array(booked) });
export type LiveMinutes = z.infer<typeof liveMinutes>;
/** GET /creators/:creator/days: UTC days in which something was booked, in order. */
export const creatorDays = z.object({ creator: z.string(), asOf, days: z.array(booked) });
export type CreatorDays = z.infer<typeof creatorDays>;

/** GET /lives/:live/feed: the newest bookings, or those after a place, in log order. */
export const feed = z.object({
  live: z.string(),
  asOf,
  bookings: z.array(shownBooking),
  /** Send it back as `after` for what comes next. */
  next: position.nullable(),
  /** True where bookings after the place asked for are no longer held: begin from the totals. */
  gap: z.boolean(),
});
export type Feed = z.infer<typeof feed>;

/** GET /config */
export const clientConfig = z.object({ gateway: z.string().describe('the address for Socket.IO') });
export type ClientConfig = z.infer<typeof clientConfig>;

export * from './operators.ts';
