import { comparePositions } from '@carat/client';

/** What a viewer can spend, as of a place in the log; null before the wallet's first event. */
export type Balance = { readonly balance: number; readonly position: string | null };

/** The balance after a receipt told of one. */
export const newer = (told: Balance, before: Balance | undefined): Balance =>
  before === undefined || comparePositions(told.position, before.position) > 0 ? told : before;

/**
 * The balance after an answer of the api, which reads the log itself. So it holds also where it is of an
 * earlier place, as after a restore; only what was told while it was asked may be newer.
 * @param asked what was known when the api was asked
 */
export const answered = (
  answer: Balance,
  asked: Balance | undefined,
  before: Balance | undefined,
): Balance => (before === asked ? answer : newer(answer, before));
