import type { RefusalCode } from '@carat/protocol';

/** Refusals on the way from diamonds to money, each shown in `money.e2e.spec.ts`. */
export const moneyRefusals: readonly RefusalCode[] = [
  'creator_takes_no_gifts',
  'redemption_key_taken',
  'redemption_unknown',
  'redemption_too_late',
  'violation_unknown',
  'violation_id_taken',
  'freeze_ends_in_the_past',
  'creator_closed',
  'creator_frozen',
  'redemption_held',
  'provider_not_offered',
  'identity_not_verified',
  'payout_method_missing',
  'payout_method_too_new',
  'currency_not_offered',
  'redemption_below_minimum',
  'redemption_above_maximum',
  'too_few_diamonds',
  'redemption_leaves_nothing',
  'statement_not_final',
  'statement_not_issued',
];

/** Met by the service that pays, before it pays, and answered to nobody. */
export const unansweredRefusals: readonly RefusalCode[] = ['payout_method_changed'];
