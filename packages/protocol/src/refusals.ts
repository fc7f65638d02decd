import { z } from 'zod';
import { redemptionRefusals } from './redemption-refusals.ts';

/**
 * Every way in which Carat says no, in order of precedence: where several hold, the first is answered.
 * `retry`: the very same request can succeed later. `status`: of the HTTP answer.
 */
export const refusals = {
  invalid: { status: 400, retry: false, meaning: 'The message is malformed; `path` says where. Correct it.' },
  unauthenticated: {
    status: 401,
    retry: false,
    meaning: 'The token is missing, wrong or expired. Get a new one and connect again.',
  },
  forbidden: {
    status: 403,
    retry: false,
    meaning: 'The token does not allow this. Use one with the role for it.',
  },
  not_found: { status: 404, retry: false, meaning: 'There is nothing by this name.' },
  combo_belongs_to_another_gift: {
    status: 409,
    retry: false,
    meaning: 'This combo id was used for another gift or live. Begin a new combo.',
  },
  too_many_connections: {
    status: 429,
    retry: true,
    meaning: 'This viewer or address has too many connections. Close one, or try again later.',
  },
  too_many_claims: {
    status: 429,
    retry: true,
    meaning:
      'This viewer claims too often. Send the same again after `retryAfterMs`, merged with what came since.',
  },
  overloaded: {
    status: 503,
    retry: true,
    meaning: 'Carat cannot decide this right now. Send the same again after `retryAfterMs`.',
  },
  combo_expired: {
    status: 409,
    retry: false,
    meaning: 'The combo began more than 15 minutes ago. Look its state up, and begin a new combo.',
  },
  combo_in_the_future: {
    status: 409,
    retry: false,
    meaning:
      'The combo id lies more than a minute ahead of the clock. Take the time for ids from the server.',
  },
  live_unknown: { status: 404, retry: false, meaning: 'There is no such live.' },
  live_ended: { status: 409, retry: false, meaning: 'The live is over.' },
  live_exists_already: {
    status: 409,
    retry: false,
    meaning: 'Another live was started under this id. Take a new id.',
  },
  viewer_blocked: {
    status: 403,
    retry: false,
    meaning: 'This live takes no gifts from this viewer: its creator or an operator decided so.',
  },
  own_live: { status: 409, retry: false, meaning: 'Nobody can gift an own live.' },
  creator_takes_no_gifts: {
    status: 403,
    retry: false,
    meaning: 'This creator cannot receive gifts at the moment. Nothing was spent.',
  },
  gift_unknown: { status: 404, retry: false, meaning: 'There is no such gift in the catalogue.' },
  gift_retired: { status: 409, retry: false, meaning: 'The gift is no longer sold. Choose another.' },
  gift_is_not_streakable: {
    status: 409,
    retry: false,
    meaning: 'This gift is sent one at a time: `count` must be 1. Begin a new combo for each.',
  },
  too_many_combos: {
    status: 429,
    retry: true,
    meaning: 'This wallet began too many combos within 16 minutes. Wait, or go on with a running combo.',
  },
  too_many_blocked: {
    status: 409,
    retry: false,
    meaning: 'So many viewers are blocked in this live that no more can be. Unblock somebody first.',
  },
  wallet_has_too_few_coins: {
    status: 409,
    retry: false,
    meaning: 'The wallet cannot pay for this; it can pay for a combo of `affordable`. Buy coins.',
  },
  wallet_is_full: {
    status: 409,
    retry: false,
    meaning: 'The wallet would hold more coins than any wallet may.',
  },
  grant_belongs_to_another_wallet: {
    status: 409,
    retry: false,
    meaning: 'This grant id was used for another wallet or amount. Take a new id.',
  },
  rate_begins_in_the_past: { status: 409, retry: false, meaning: 'A rate cannot be changed for the past.' },
  board_unknown: { status: 404, retry: false, meaning: 'There is no such board.' },
  board_retired: { status: 409, retry: false, meaning: 'The board was retired. Its id is taken for ever.' },
  board_exists_already: {
    status: 409,
    retry: false,
    meaning: 'Another board was defined under this id. Take a new id.',
  },
  too_many_boards: {
    status: 409,
    retry: false,
    meaning: 'As many boards stand as may at once. Retire one first.',
  },
  ...redemptionRefusals,
  outcome_unknown: {
    status: 503,
    retry: true,
    meaning: 'Nobody can tell whether it was written. Send the very same again: it is booked at most once.',
  },
} as const satisfies Record<string, { status: number; retry: boolean; meaning: string }>;

export type RefusalCode = keyof typeof refusals;
export const refusalCodes = Object.keys(refusals) as [RefusalCode, ...RefusalCode[]];

/** How a combo stands in the log. */
export const comboState = z.object({
  combo: z.string(),
  count: z.int(),
  coins: z.int(),
  millidiamonds: z.int(),
});
export type ComboState = z.infer<typeof comboState>;

/** The answer to whatever was refused, on sockets and over HTTP alike. It booked nothing. */
export const refusal = z.object({
  refused: z.enum(refusalCodes),
  message: z.string(),
  retry: z.boolean(),
  /** When to send the same again, in ms from now. */
  retryAfterMs: z.int().optional(),
  /** Where the message is at fault, as `a.b.0`. */
  path: z.string().optional(),
  /** The highest count of this combo that the wallet can pay for. */
  affordable: z.int().optional(),
  /** How the combo stands, where it stands in the log at all. */
  combo: comboState.optional(),
  /** Of a redemption: whole diamonds, as text, as they may pass 2^53. */
  minimum: z.string().optional(),
  maximum: z.string().optional(),
  /** What the maximum still leaves at the moment. */
  left: z.string().optional(),
  available: z.string().optional(),
});
export type Refusal = z.infer<typeof refusal>;

/** Makes a refusal, with the meaning of its code unless a closer message is known. */
export const refuse = (
  refused: RefusalCode,
  more: Partial<Omit<Refusal, 'refused' | 'retry'>> = {},
): Refusal => ({ refused, message: refusals[refused].meaning, retry: refusals[refused].retry, ...more });

export const isRefusal = (answer: object): answer is Refusal => 'refused' in answer;

/** The refusal of a message that does not fit its schema, with the path of the first fault. */
export const refuseInvalid = (error: z.ZodError): Refusal => {
  const issue = error.issues[0];
  const path = issue?.path.map(String).join('.') ?? '';
  return refuse('invalid', {
    path,
    message: `${path || 'The message'}: ${issue?.message ?? 'is malformed'}`,
  });
};
