import { z } from 'zod';
import { id } from './ids.ts';
import { currency } from './money.ts';

/** Largest values that are accepted of what diamonds are worth, and of what is redeemed. */
export const largestRedemption = {
  ratePart: 1_000_000_000,
  diamonds: 1_000_000_000_000,
  holdDays: 3_650,
} as const;

const instant = z.int().min(0).describe('ms since 1970');
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
