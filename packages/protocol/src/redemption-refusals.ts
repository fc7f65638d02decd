/**
 * How Carat says no to whoever redeems, or speaks of a creator's standing: a part of `refusals`, in order of
 * precedence. First what the request itself is, then whom it is for, then how much: advice is given only
 * where nothing stands above it that would make it useless, so nobody whose account is frozen is told to
 * redeem more.
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
  provider_not_offered: {
    status: 409,
    retry: false,
    meaning: 'Nobody is paid by this provider here. Choose one that is offered.',
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
  statement_not_final: {
    status: 409,
    retry: true,
    meaning: 'The last day of this period is not closed and settled yet. Ask again after it is.',
  },
  statement_not_issued: {
    status: 404,
    retry: false,
    meaning: 'No statement was issued for this period. Issue it first.',
  },
} as const satisfies Record<string, { status: number; retry: boolean; meaning: string }>;
