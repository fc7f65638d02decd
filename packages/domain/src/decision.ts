import {
  type RedemptionRefusal,
  type RedemptionRefusalCode,
  type Refusal,
  type RefusalCode,
  refuse as refusalOf,
  refuseRedemption,
} from '@carat/protocol';

/** What a decider says: events to append (none where nothing is to change), or why not. */
export type Decision<E, R = Refusal> = Accepted<E> | Refused<R>;
export type Accepted<E> = { readonly refused: false; readonly events: readonly E[] };
export type Refused<R> = { readonly refused: true; readonly refusal: R };

export const accept = <E>(...events: readonly E[]): Accepted<E> => ({ refused: false, events });
export const nothing: Accepted<never> = { refused: false, events: [] };
export const refuse = (code: RefusalCode, more: Parameters<typeof refusalOf>[1] = {}): Decision<never> => ({
  refused: true,
  refusal: refusalOf(code, more),
});

/** The same of what is said to creators who redeem. */
export const refuseIt = (
  code: RedemptionRefusalCode,
  more: Parameters<typeof refuseRedemption>[1] = {},
): Refused<RedemptionRefusal> => ({ refused: true, refusal: refuseRedemption(code, more) });
