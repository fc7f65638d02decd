import { z } from 'zod';

/**
 * Every way in which Carat says no to whoever redeems, or speaks of a creator's standing; in order of
 * precedence, as in `refusals`. First what the request itself is, then whom it is for, then how much: advice
 * is given only where nothing stands above it that would make it useless, so nobody whose account is frozen
 * is told to redeem more. No route answers these yet; a code moves into `refusals` with the route that
 * answers it.
 */
export const redemptionRefusals = {
  redemption_key_taken: {
    status: 409,
    retry: false,
    meaning: 'This idempotency key was used for another redemption. Take a new key.',
  },
  redemption_unknown: { status: 404, retry: false, meaning: 'This creator has no such redemption.' },
  redemption_too_late: {
    status: 409,
    retry: false,
    meaning: 'The redemption is no longer, or not yet, where this can be done. Look at its state.',
  },
  violation_unknown: { status: 404, retry: false, meaning: 'No such violation was recorded.' },
  violation_id_taken: {
    status: 409,
    retry: false,
    meaning: 'Another violation was recorded under this id. Take a new id.',
  },
  freeze_ends_in_the_past: {
    status: 409,
    retry: false,
    meaning: 'A freeze ends later than it begins, or where no end is named, when it is released.',
  },
  creator_takes_no_gifts: {
    status: 403,
    retry: false,
    meaning: 'This creator cannot receive gifts at the moment. Nothing was spent.',
  },
  creator_closed: {
    status: 403,
    retry: false,
    meaning: 'The account is closed after violations. Ask the platform.',
  },
  creator_frozen: {
    status: 403,
    retry: false,
    meaning: 'The account is frozen; nothing is lost. Ask the platform why, and what releases it.',
  },
  redemption_held: {
    status: 403,
    retry: true,
    meaning: 'Nothing can be redeemed for a while after a violation. Ask again after `retryAfterMs`.',
  },
  identity_not_verified: {
    status: 403,
    retry: false,
    meaning: 'The identity is not verified. Complete the personal details first.',
  },
  payout_method_missing: {
    status: 409,
    retry: false,
    meaning: 'There is nowhere to pay to. Add a payout method first.',
  },
  payout_method_changed: {
    status: 409,
    retry: false,
    meaning: 'The payout method is not the one of the request. Cancel the redemption and request it anew.',
  },
  payout_method_too_new: {
    status: 409,
    retry: true,
    meaning: 'The payout method was changed a short while ago. Ask again after `retryAfterMs`.',
  },
  currency_not_offered: {
    status: 409,
    retry: false,
    meaning: 'Diamonds have no rate in this currency. Choose another.',
  },
  redemption_below_minimum: {
    status: 409,
    retry: false,
    meaning: 'Fewer diamonds than `minimum` are not redeemed. Redeem more at once.',
  },
  redemption_above_maximum: {
    status: 409,
    retry: false,
    meaning: 'Within 24 hours no more than `maximum` are redeemed. Redeem `left`, or more of it later.',
  },
  too_few_diamonds: {
    status: 409,
    retry: false,
    meaning: 'Only `available` diamonds can be redeemed now; others are still held or on the way.',
  },
  redemption_leaves_nothing: {
    status: 409,
    retry: false,
    meaning: 'Fee and withholding would leave nothing to pay. Redeem more at once.',
  },
} as const satisfies Record<string, { status: number; retry: boolean; meaning: string }>;

export type RedemptionRefusalCode = keyof typeof redemptionRefusals;
export const redemptionRefusalCodes = Object.keys(redemptionRefusals) as [
  RedemptionRefusalCode,
  ...RedemptionRefusalCode[],
];

/** Amounts are whole diamonds, as text: they may pass 2^53. */
const wholeDiamonds = z.string().optional();

export const redemptionRefusal = z.object({
  refused: z.enum(redemptionRefusalCodes),
  message: z.string(),
  retry: z.boolean(),
  /** When to send the same again, in ms from now. */
  retryAfterMs: z.int().optional(),
  minimum: wholeDiamonds,
  maximum: wholeDiamonds,
  /** What the maximum still leaves at the moment. */
  left: wholeDiamonds,
  available: wholeDiamonds,
});
export type RedemptionRefusal = z.infer<typeof redemptionRefusal>;

/** Makes such a refusal, with the meaning of its code. */
export const refuseRedemption = (
  refused: RedemptionRefusalCode,
  more: Partial<Omit<RedemptionRefusal, 'refused' | 'retry'>> = {},
): RedemptionRefusal => {
  const { meaning: message, retry } = redemptionRefusals[refused];
  return { refused, message, retry, ...more };
};
