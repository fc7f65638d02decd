import { type Refusal, type RefusalCode, refuse as refusalOf } from '@carat/protocol';

/** What a decider says: events to append (none where nothing is to change), or why not. */
export type Decision<E, R = Refusal> = Accepted<E> | Refused<R>;
export type Accepted<E> = { readonly refused: false; readonly events: readonly E[] };
export type Refused<R> = { readonly refused: true; readonly refusal: R };

export const accept = <E>(...events: readonly E[]): Accepted<E> => ({ refused: false, events });
export const nothing: Accepted<never> = { refused: false, events: [] };
export const refuse = (code: RefusalCode, more: Parameters<typeof refusalOf>[1] = {}): Refused<Refusal> => ({
  refused: true,
  refusal: refusalOf(code, more),
});
