import { z } from 'zod';
import { asOf, comboId, id, largest, position } from './ids.ts';
import { comboState, type Refusal } from './refusals.ts';

/** "This combo has now reached `count`": cumulative, so repeating it is harmless. */
export const claim = z.strictObject({
  combo: comboId,
  live: id,
  gift: id,
  count: z.int().min(1).max(largest.count),
  /** Who pays; from a `service` only, for itself a viewer never says it. */
  viewer: id.optional(),
});
export type Claim = z.infer<typeof claim>;

/** How the combo and the wallet stand after the append that answers the claim, as of `position`. */
export const receipt = z.object({
  ...comboState.shape,
  balance: z.int(),
  position,
  /** When the combo was last booked, ms since 1970 by the gateway's clock. */
  at: z.int(),
});
export type Receipt = z.infer<typeof receipt>;

export const liveName = z.strictObject({ live: id });
export type LiveName = z.infer<typeof liveName>;

/** A page of bookings that were missed: those after a place. */
export const missedBookings = z.strictObject({ live: id, after: position });
export type MissedBookings = z.infer<typeof missedBookings>;

export const tokenRenewal = z.strictObject({ token: z.string().max(8_192) });
export type TokenRenewal = z.infer<typeof tokenRenewal>;

/** What a live has brought in. `millidiamonds` only for its creator and operators. */
export const liveTotals = z.object({
  coins: z.int(),
  gifts: z.int(),
  senders: z.int(),
  millidiamonds: z.int().optional(),
});
export type LiveTotals = z.infer<typeof liveTotals>;

export const ranked = z.object({ id: z.string(), score: z.int() });
export type Ranked = z.infer<typeof ranked>;

/** The first of a live by coins; read apart from the totals, so it has a place of its own. */
export const shownBoard = z.object({ asOf, entries: z.array(ranked) });
export type ShownBoard = z.infer<typeof shownBoard>;

/** One booking as it is shown: what was booked, and where the combo stands now. */
export const shownBooking = z.object({
  position,
  combo: z.string(),
  viewer: z.string(),
  gift: z.string(),
  booked: z.int(),
  count: z.int(),
  coins: z.int(),
  at: z.int(),
});
export type ShownBooking = z.infer<typeof shownBooking>;

/** What the creator wants the live to bring in: it is reached when the totals hold so many coins. */
export const liveGoal = z.object({ title: z.string(), coins: z.int() });
export type LiveGoal = z.infer<typeof liveGoal>;

/** All that a watcher needs to begin with; ticks go on from here. */
export const liveSnapshot = z.object({
  live: z.string(),
  creator: z.string(),
  title: z.string().nullable(),
  ended: z.boolean(),
  goal: liveGoal.nullable(),
  /** Null while the read models cannot be read: the numbers are then unknown, not zero. */
  numbers: z.object({ asOf, totals: liveTotals, board: shownBoard }).nullable(),
});
export type LiveSnapshot = z.infer<typeof liveSnapshot>;

/** The values of a live as of one place: the last one wins, so it may be lost without harm. */
export const liveTick = z.object({
  live: z.string(),
  asOf,
  totals: liveTotals,
  board: shownBoard,
  ended: z.boolean(),
  goal: liveGoal.nullable(),
});
export type LiveTick = z.infer<typeof liveTick>;

/**
 * Bookings of a live in log order, all that came after `after` up to `asOf`. Where `after` is null, or later
 * than what was seen, some are missing: `live:missed` brings them.
 */
export const liveFeed = z.object({
  live: z.string(),
  asOf,
  after: position.nullable(),
  bookings: z.array(shownBooking),
});
export type LiveFeed = z.infer<typeof liveFeed>;

/**
 * The bookings after the place asked for, in log order. `gap`: some of them are no longer held, so only the
 * totals tell of them. `more`: ask again, after `next`.
 */
export const missedPage = z.object({
  live: z.string(),
  bookings: z.array(shownBooking),
  next: position,
  gap: z.boolean(),
  more: z.boolean(),
});
export type MissedPage = z.infer<typeof missedPage>;

/** Told at connect: who one is here, and the server's time, which combo ids are made from. */
export const welcome = z.object({
  now: z.int(),
  sub: z.string(),
  roles: z.array(z.string()),
  maxClaimsInFlight: z.int(),
});
export type Welcome = z.infer<typeof welcome>;

export type Answer<T> = (answer: T | Refusal) => void;

export type ClientToServer = {
  'gift:send': (sent: z.input<typeof claim>, answer: Answer<Receipt>) => void;
  'live:watch': (watched: LiveName, answer: Answer<LiveSnapshot>) => void;
  'live:missed': (missed: MissedBookings, answer: Answer<MissedPage>) => void;
  'live:leave': (left: LiveName, answer: Answer<Record<string, never>>) => void;
  'token:renew': (renewal: TokenRenewal, answer: Answer<{ expiresAt: number }>) => void;
};

export type ServerToClient = {
  welcome: (told: Welcome) => void;
  'live:tick': (tick: LiveTick) => void;
  'live:feed': (feed: LiveFeed) => void;
};
