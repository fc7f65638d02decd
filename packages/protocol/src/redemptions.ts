import { z } from 'zod';
import { currency } from './currency.ts';
import { asOf, id, instant, position } from './ids.ts';
import { refusal } from './refusals.ts';

/** Largest values that are accepted of what diamonds are worth, and of what is redeemed. */
export const largestRedemption = {
  ratePart: 1_000_000_000,
  diamonds: 1_000_000_000_000,
  holdDays: 3_650,
} as const;

const reason = z.string().min(1).max(500);
const reference = id.describe("a name of the platform's or the provider's, never personal data itself");
const part = z.int().min(1).max(largestRedemption.ratePart);
const amount = z.string().describe('a whole number, as text: it may pass 2^53');

/** Sets what one diamond is worth: `numerator` / `denominator` minor units of the currency. */
export const setMoneyRate = z.strictObject({
  currency,
  numerator: part,
  denominator: part,
  from: instant.optional().describe('at once where it is missing; never in the past'),
});

/** Asks what diamonds would come to; only whole ones are redeemed. */
export const askQuote = z.strictObject({
  diamonds: z.int().min(1).max(largestRedemption.diamonds),
  currency,
  creator: id.optional().describe('for whom; whoever asks where it is missing'),
});
/** Asks for the money. The same key is honoured once, for ever; a repetition gets the first answer. */
export const requestRedemption = z.strictObject({ key: id, ...askQuote.shape });

/** Line by line; all but `net` count 1/`denominator` of a minor unit, `net` whole minor units. */
export const quoteLines = z.object({
  diamonds: z.int(),
  currency: z.string(),
  rate: z.object({ numerator: z.int(), denominator: z.int() }),
  feeMinor: z.int(),
  feePerMille: z.int(),
  withholdingPerMille: z.int(),
  denominator: amount,
  gross: amount,
  fee: amount,
  withheld: amount,
  net: amount,
  remainder: amount,
});

export const redemptionStatus = z.enum([
  'requested',
  'in_review',
  'approved',
  'started',
  'sent',
  'paid',
  'refused',
  'cancelled',
  'failed',
  'returned',
]);
export type RedemptionStatus = z.infer<typeof redemptionStatus>;

/** What is said of a creator, by the platform or an operator: references, never what they refer to. */
export const setIdentityStatus = z.strictObject({
  status: z.enum(['unverified', 'pending', 'verified', 'rejected']),
  reference: reference.nullable().default(null),
});
export const setTaxStatus = z.strictObject({
  status: id,
  formYear: z.int().min(1900).max(9999).nullable().default(null),
  reference: reference.nullable().default(null),
});
export const setPayoutMethod = z.strictObject({ provider: id, reference });
export const freezeCreator = z.strictObject({
  reason,
  until: instant.nullable().default(null).describe('until it is released, where it is missing'),
});
export const giveReason = z.strictObject({ reason });
export const recordViolation = z.strictObject({ violation: id, guideline: id });

/** `GET /rates` tells them beside what coins earn. */
export const moneyRate = z.object({
  currency: z.string(),
  numerator: z.int(),
  denominator: z.int(),
  from: instant,
});
export type MoneyRate = z.infer<typeof moneyRate>;
export type QuoteLines = z.infer<typeof quoteLines>;

const millidiamonds = z.string().describe('thousandths of diamonds, a whole number as text');
const utcDay = z.string().describe('a UTC day, as 2026-11-23');

/** What a creator may do, and what stands in its way. */
const redemptionTerms = z.object({
  minimumDiamonds: z.int(),
  maximumDiamonds: z.int().describe('within any 24 hours'),
  /** What the maximum leaves at the moment, and what could be redeemed at once: whole diamonds. */
  leftDiamonds: z.int(),
  redeemableDiamonds: z.int(),
  feePerMille: z.int(),
  withholdingPerMille: z.int(),
  /** In which currencies there is a rate now. */
  currencies: z.array(z.string()),
  /** The refusal that any request would meet as things stand; null where none. */
  refused: refusal.nullable(),
});

/**
 * GET /creators/:creator/balance. All as of one place of the log; awarded = pending + held + available +
 * on the way + paid. What is awarded and pending is missing while the read models cannot be had.
 */
export const balance = z.object({
  creator: z.string(),
  asOf: asOf.nullable(),
  awarded: millidiamonds.nullable(),
  pending: millidiamonds.nullable(),
  held: millidiamonds,
  available: millidiamonds,
  onTheWay: millidiamonds,
  paid: millidiamonds,
  /** What is held, by the day that makes it available: the nearest first. */
  becomes: z.array(z.object({ with: utcDay, millidiamonds })),
  /** Minor units that may have left, and that have arrived. */
  money: z.array(z.object({ currency: z.string(), inFlight: amount, paid: amount })),
  terms: redemptionTerms,
});
export type Balance = z.infer<typeof balance>;

/** GET /creators/:creator/settlements: settled days, newest first. */
export const settledDay = z.object({
  day: utcDay,
  gifts: z.int(),
  coins: amount,
  millidiamonds,
  hash: z.string().describe('of the very bookings'),
  /** The day whose closing makes it available, and whether it is by now. */
  availableWith: utcDay.nullable(),
  available: z.boolean(),
});
export type SettledDay = z.infer<typeof settledDay>;
export const settledDays = z.object({
  creator: z.string(),
  days: z.array(settledDay),
  /** Send it back as `before` for older ones. */
  next: utcDay.nullable(),
});
export type SettledDays = z.infer<typeof settledDays>;

/** GET /creators/:creator/settlements/:day/gifts: the bookings behind a settled day, in log order. */
export const settledGifts = z.object({
  creator: z.string(),
  day: utcDay,
  gifts: z.array(
    z.object({
      event: z.string(),
      position,
      at: instant,
      viewer: z.string(),
      live: z.string(),
      gift: z.string(),
      booked: z.int(),
      coins: z.int(),
      millidiamonds: z.int(),
      rate: z.int().describe('thousandths of a diamond per coin'),
    }),
  ),
  /** Send it back as `after` for what comes next; null: these were the last. */
  next: position.nullable(),
});
export type SettledGifts = z.infer<typeof settledGifts>;

/** A redemption, with all that was said of it. */
export const redemption = z.object({
  creator: z.string(),
  redemption: z.string(),
  key: z.string(),
  status: redemptionStatus,
  quote: quoteLines,
  method: z.object({ provider: z.string(), reference: z.string() }),
  requestedAt: instant,
  reviewReasons: z.array(z.string()),
  payout: z.object({ key: z.string(), provider: z.string(), startedAt: instant }).nullable(),
  reference: z.string().nullable().describe('what the provider calls the payout'),
  reason: z.string().nullable().describe('why it ended without having been paid, or came back'),
});
export type RedemptionShown = z.infer<typeof redemption>;
/** GET /creators/:creator/redemptions: newest first. */
export const redemptionPage = z.object({
  redemptions: z.array(redemption),
  /** Send it back as `before` for older ones. */
  next: z.string().nullable(),
});
export type RedemptionPage = z.infer<typeof redemptionPage>;

/** GET /creators/:creator/redemptions/:redemption: with every event of it, in order. */
export const redemptionTold = z.object({
  ...redemption.shape,
  events: z.array(z.object({ type: z.string(), at: instant, by: z.string().nullable(), says: z.string() })),
});
export type RedemptionTold = z.infer<typeof redemptionTold>;

/** GET /creators/:creator/standing */
export const standing = z.object({
  creator: z.string(),
  identity: setIdentityStatus.shape.status,
  identityReference: z.string().nullable(),
  tax: z
    .object({ status: z.string(), formYear: z.int().nullable(), reference: z.string().nullable() })
    .nullable(),
  method: z.object({ provider: z.string(), reference: z.string(), since: instant }).nullable(),
  freeze: z.object({ reason: z.string(), until: instant.nullable() }).nullable(),
  violations: z.array(
    z.object({
      violation: z.string(),
      guideline: z.string(),
      giftsOffUntil: instant.nullable(),
      redemptionHeldUntil: instant.nullable(),
      closed: z.boolean(),
      withdrawn: z.boolean(),
    }),
  ),
  nearedThresholds: z.array(z.string()),
});
export type StandingShown = z.infer<typeof standing>;

/** A month, as 2026-11, or a year, as 2026. */
export const period = z
  .string()
  .regex(/^(19[7-9]\d|2\d{3})(-(0[1-9]|1[0-2]))?$/, 'must be a month, as 2026-11, or a year, as 2026');

const statedMoney = z.object({
  gross: z.string(),
  fee: z.string(),
  withheld: z.string(),
  net: z.string(),
  remainder: z.string(),
});
/** GET /creators/:creator/statements/:period. Money: minor units, exact, as `95` or `1901/20`. */
export const statement = z.object({
  creator: z.string(),
  period: z.object({ from: utcDay, to: utcDay }),
  final: z.boolean(),
  millidiamonds: z.object({
    opening: amount,
    earned: amount,
    redeemed: amount,
    returned: amount,
    closing: amount,
  }),
  money: z.array(z.object({ currency: z.string(), paid: statedMoney, returned: statedMoney })),
});

/**
 * POST /creators/:creator/statements/:period/issue. The PDF is kept as issued, and found under
 * `…/statements/:period/pdf`.
 */
export const issuedStatement = z.object({
  creator: z.string(),
  period: z.string(),
  sha256: z.string().describe('of the PDF, in hex'),
  by: z.string(),
  at: instant,
  statement,
});
export type IssuedStatement = z.infer<typeof issuedStatement>;

/** GET /operators/payouts: what an operator of payouts must know. */
export const payoutsState = z.object({
  settlement: z.object({
    lastClosed: utcDay.nullable(),
    settledThrough: utcDay.nullable(),
    availableThrough: utcDay.nullable(),
  }),
  /** Of all creators, oldest first; at most so many are told. */
  inReview: z.array(redemption),
  /** Approved, started or sent, oldest first. */
  underWay: z.array(redemption),
  counts: z.object({ inReview: z.int(), approved: z.int(), started: z.int(), sent: z.int() }),
  fault: z
    .string()
    .nullable()
    .describe('why the redemptions told are not all, or not as they are by now; null where they are'),
  reconciliations: z.array(
    z.object({
      provider: z.string(),
      at: instant,
      from: instant,
      to: instant,
      payouts: z.int(),
      differences: z.array(z.string()),
      unnamed: z.int(),
    }),
  ),
});
export type PayoutsState = z.infer<typeof payoutsState>;
