import { redemptions } from '@carat/protocol';
import { z } from 'zod';

/**
 * The events by which diamonds become money, as they stand in the log; `events.ts` says what holds for all.
 * Amounts that can pass 2^53 are text. None of these events moves diamonds from one creator to another, or
 * makes any: they come from gifts alone.
 */
const int = z.int();
const text = z.string();
const amount = z.string().regex(/^(0|[1-9]\d{0,59})$/);
const day = z.string().regex(/^\d{4}-\d\d-\d\d$/);
const positive = z.int().min(1);

/** `numerator` / `denominator` minor units of the currency for one diamond. */
const moneyRateSet = z.object({
  currency: text,
  numerator: positive,
  denominator: positive,
  from: int,
  by: text,
  at: int,
});

/** A UTC day is over. What stands before this event in the log, and after the one before it, is its day's. */
const dayClosed = z.object({
  day,
  /** The day closed before it: those in between were missed, and are this one's. */
  previous: day.nullable(),
  /** Days that what is settled is held, as it was configured when the day was closed. */
  holdDays: z.int().min(0).max(redemptions.largestRedemption.holdDays),
  at: int,
});
/** All who earned in a closed day have their `DiamondsSettled` before this. */
const daySettled = z.object({
  day,
  creators: int,
  gifts: int,
  coins: amount,
  millidiamonds: amount,
  at: int,
});
const diamondsSettled = z.object({
  creator: text,
  day,
  gifts: int,
  coins: amount,
  millidiamonds: amount,
  /** Of the very bookings, see `day-earnings.ts`. */
  hash: z.string().regex(/^[0-9a-f]{64}$/),
  at: int,
});

/**
 * What diamonds come to. `gross`, `fee`, `withheld` and `remainder` count 1/`denominator` of a minor unit,
 * `net` whole minor units, and gross = fee + withheld + net × denominator + remainder.
 */
export const quote = z.object({
  diamonds: positive,
  currency: text,
  rate: z.object({ numerator: positive, denominator: positive }),
  feeMinor: int,
  feePerMille: int,
  withholdingPerMille: int,
  denominator: amount,
  gross: amount,
  fee: amount,
  withheld: amount,
  net: amount,
  remainder: amount,
});
export type Quote = Readonly<z.infer<typeof quote>>;

const method = z.object({ provider: text, reference: text });

const ofRedemption = { creator: text, redemption: text };
const redemptionRequested = z.object({ ...ofRedemption, key: text, quote, method, by: text, at: int });
const redemptionPutInReview = z.object({ ...ofRedemption, reasons: z.array(text), at: int });
const redemptionApproved = z.object({ ...ofRedemption, by: text, at: int });
const redemptionRefused = z.object({ ...ofRedemption, reason: text, by: text, at: int });
const redemptionCancelled = z.object({ ...ofRedemption, by: text, at: int });

/** Appended before the provider is called; `key` is what makes the call once over there. */
const payoutStarted = z.object({ ...ofRedemption, key: text, provider: text, at: int });
/**
 * `reference`: what the provider calls the payout. `referenceFrom`: where it is the name of its list, which
 * may keep its books by other names; missing, it is the one of its answers and messages.
 */
const payoutReached = z.object({
  ...ofRedemption,
  reference: text,
  referenceFrom: z.literal('list').optional(),
  at: int,
});
const payoutEnded = z.object({ ...ofRedemption, reason: text, at: int });

const identityStatusSet = z.object({
  creator: text,
  status: z.enum(['unverified', 'pending', 'verified', 'rejected']),
  reference: text.nullable(),
  by: text,
  at: int,
});
/** `status`: as the operator's table of withholding names it. */
const taxStatusSet = z.object({
  creator: text,
  status: text,
  formYear: int.nullable(),
  reference: text.nullable(),
  by: text,
  at: int,
});
const payoutMethodSet = z.object({ creator: text, ...method.shape, by: text, at: int });
const payoutMethodRemoved = z.object({ creator: text, by: text, at: int });
const creatorFrozen = z.object({ creator: text, reason: text, until: int.nullable(), by: text, at: int });
const creatorReleased = z.object({ creator: text, reason: text, by: text, at: int });
/** With what follows from it, as the scale was when it was recorded. */
const violationRecorded = z.object({
  creator: text,
  violation: text,
  guideline: text,
  giftsOffUntil: int.nullable(),
  redemptionHeldUntil: int.nullable(),
  closed: z.boolean(),
  by: text,
  at: int,
});
const violationWithdrawn = z.object({ creator: text, violation: text, reason: text, by: text, at: int });

/** What a creator was paid in a period comes near a limit that the operator configured. */
const thresholdNeared = z.object({
  creator: text,
  /** As the operator's configuration names it. */
  threshold: text,
  /** The year or month that it counts, as `2026` or `2026-11`. */
  period: text,
  currency: text,
  /** Minor units: paid so far in the period, and what the threshold is. */
  paid: amount,
  limit: amount,
  at: int,
});

/** A provider's list was compared with the log. `differences`: a sentence each, none where they agree. */
const payoutsReconciled = z.object({
  provider: text,
  from: int,
  to: int,
  payouts: int,
  differences: z.array(text),
  /** Differences beyond those that are named. */
  unnamed: int,
  at: int,
});

/** A statement as it was given out, for ever: the very bytes of its JSON and of its PDF. */
const statementIssued = z.object({
  creator: text,
  period: text,
  json: text,
  /** Base64. */
  pdf: text,
  sha256: z
    .string()
    .regex(/^[0-9a-f]{64}$/)
    .describe('of the PDF'),
  by: text,
  at: int,
});

export const payoutSchemas = {
  MoneyRateSet: moneyRateSet,
  DayClosed: dayClosed,
  DaySettled: daySettled,
  DiamondsSettled: diamondsSettled,
  RedemptionRequested: redemptionRequested,
  RedemptionPutInReview: redemptionPutInReview,
  RedemptionApproved: redemptionApproved,
  RedemptionRefused: redemptionRefused,
  RedemptionCancelled: redemptionCancelled,
  PayoutStarted: payoutStarted,
  PayoutNotMade: payoutEnded,
  PayoutSent: payoutReached,
  PayoutPaid: payoutReached,
  PayoutFailed: payoutEnded,
  PayoutReturned: payoutEnded,
  IdentityStatusSet: identityStatusSet,
  TaxStatusSet: taxStatusSet,
  PayoutMethodSet: payoutMethodSet,
  PayoutMethodRemoved: payoutMethodRemoved,
  CreatorFrozen: creatorFrozen,
  CreatorReleased: creatorReleased,
  ViolationRecorded: violationRecorded,
  ViolationWithdrawn: violationWithdrawn,
  ThresholdNeared: thresholdNeared,
  PayoutsReconciled: payoutsReconciled,
  StatementIssued: statementIssued,
} as const;
