import type { CaratErrorCode } from '@carat/client';
import type { Refusal, RefusalCode } from '@carat/protocol';
import { formatNumber } from './format.ts';

/** What a refusal means to whoever sits before the page, and what can be done about it. */
const sentences: Readonly<Record<RefusalCode, string | ((refusal: Refusal) => string)>> = {
  invalid: ({ message }) => `That was not understood. ${message}`,
  unauthenticated: 'Your sign-in has run out. Open this page again with a new link.',
  forbidden: 'Your sign-in does not allow this. It takes a link for another role.',
  not_found: 'There is nothing here by this name.',
  combo_belongs_to_another_gift: 'That combo was begun with another gift. Tap again to begin a new one.',
  too_many_connections: 'You have too many of these pages open. Close one; this one goes on trying.',
  too_many_claims: 'That was very fast! Your gifts go out as quickly as they may.',
  overloaded:
    'A lot is going on right now. It is tried again in a moment; nothing was taken from your wallet.',
  combo_expired: 'That combo is too old to go on. Tap again to begin a new one.',
  combo_in_the_future: 'The clock of this device is wrong. Reload the page and tap again.',
  live_unknown: 'There is no such live. Check the link.',
  live_ended: 'The live is over. Your coins stay in your wallet.',
  live_exists_already: 'Another live has this name already. Take a new one.',
  viewer_blocked: 'This live takes no gifts from you. Your coins stay in your wallet.',
  own_live: 'This is your own live: others send gifts here.',
  gift_unknown: 'This gift does not exist any more. Choose another.',
  gift_retired: 'This gift is no longer sold. Choose another.',
  gift_is_not_streakable: 'This gift is sent one at a time. Tap again for one more.',
  too_many_combos: 'You began very many combos. Go on with one that runs, or wait a few minutes.',
  too_many_blocked: 'As many people are blocked in this live as can be. Let somebody back in first.',
  wallet_has_too_few_coins: ({ affordable = 0 }) =>
    affordable > 0
      ? `Your wallet does not hold enough coins: it can pay for ${formatNumber(affordable)} of these.`
      : 'Your wallet does not hold enough coins for this gift.',
  wallet_is_full: 'This wallet holds as many coins as a wallet may.',
  grant_belongs_to_another_wallet: 'These coins were given to another wallet before.',
  rate_begins_in_the_past: 'A rate can only be changed from now on.',
  board_unknown: 'There is no board by this name.',
  board_retired: 'This board is no longer kept.',
  board_exists_already: 'Another board has this name already. Take a new one.',
  too_many_boards: 'There are as many boards as there may be. Retire one first.',
  creator_takes_no_gifts: 'This creator cannot receive gifts at the moment. Your coins stay in your wallet.',
  redemption_key_taken: 'That request was made before with another amount. Begin a new one.',
  redemption_unknown: 'There is no such redemption.',
  redemption_too_late: 'It has moved on meanwhile, so this cannot be done any more.',
  violation_unknown: 'There is no such violation.',
  violation_id_taken: 'Another violation was recorded under this name. Take a new one.',
  freeze_ends_in_the_past: 'A freeze must end later than now.',
  creator_closed: 'The account is closed. Ask the platform.',
  creator_frozen: 'The account is frozen. Nothing is lost: ask the platform why, and what releases it.',
  redemption_held: ({ retryAfterMs }) =>
    `Nothing can be paid out ${sayWait(retryAfterMs)} after a violation.`,
  provider_not_offered: 'Nobody can be paid that way here. Choose another provider.',
  identity_not_verified: 'Complete your personal details first: your identity is not verified yet.',
  payout_method_missing: 'Say where to pay to first: there is no payout method yet.',
  payout_method_changed: 'The payout method is another one by now. Cancel this request and make a new one.',
  payout_method_too_new: ({ retryAfterMs }) =>
    `The payout method was changed a short while ago. Ask again in ${sayDuration(retryAfterMs)}.`,
  currency_not_offered: 'Diamonds are not paid out in this currency. Choose another.',
  redemption_below_minimum: ({ minimum = '0' }) =>
    `At least ${sayWhole(minimum)} diamonds are paid out at once.`,
  redemption_above_maximum: ({ maximum = '0', left = '0' }) =>
    `Within 24 hours at most ${sayWhole(maximum)} diamonds are paid out: ` +
    `${sayWhole(left)} are left at the moment.`,
  too_few_diamonds: ({ available = '0' }) =>
    `${available === '0' ? 'No' : `Only ${sayWhole(available)}`} diamonds can be paid out now. ` +
    'Others are still held, or on the way.',
  redemption_leaves_nothing: 'Fee and tax would leave nothing to pay. Redeem more at once.',
  statement_not_final: 'This period is not over, or its last day not settled yet.',
  statement_not_issued: 'No statement was issued for this period yet.',
  outcome_unknown: 'It is not known yet whether that went through. It is asked again, and counts only once.',
};

/** As text, whole numbers may pass 2^53. */
const sayWhole = (whole: string): string => formatNumber(BigInt(whole));

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;

/** How long to wait, rounded up. */
const sayDuration = (ms = 0): string => {
  const [count, unit] =
    ms > 48 * hourMs
      ? [Math.ceil(ms / (24 * hourMs)), 'days']
      : ms > 2 * hourMs
        ? [Math.ceil(ms / hourMs), 'hours']
        : [Math.max(2, Math.ceil(ms / minuteMs)), 'minutes'];
  return `${count} ${unit}`;
};

const sayWait = (ms: number | undefined): string =>
  ms === undefined ? 'for a while' : `for ${sayDuration(ms)}`;

/** A refusal in plain words. */
export const sayRefusal = (refusal: Refusal): string => {
  const sentence = sentences[refusal.refused];
  return typeof sentence === 'string' ? sentence : sentence(refusal);
};

const faults: Readonly<Partial<Record<CaratErrorCode, string>>> = {
  outbox_full: 'So many gifts wait to be sent that this one was not taken. Wait a moment and tap again.',
  gave_up: 'It could not be settled whether that gift went through. Your wallet shows it when you are back.',
  connect_failed: 'Carat cannot be reached. It is tried again.',
};

/**
 * Anything that went wrong, in plain words: what the SDK or the api threw. It goes by what the error holds,
 * so that pages without a connection do not load the SDK.
 */
export const sayError = (error: unknown): string => {
  const { refusal, code } = error as { readonly refusal?: Refusal; readonly code?: CaratErrorCode };
  if (refusal) return sayRefusal(refusal);
  return (code && faults[code]) ?? 'Carat cannot be reached right now. It is tried again.';
};
