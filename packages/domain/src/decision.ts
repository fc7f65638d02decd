import { type Refusal, type RefusalCode, refuse as refusalOf } from '@carat/protocol';

/** What a decider says: events to append (none where nothing is to change), or why not. */
export type Decision<E> =
  | { readonly refused: false; readonly events: readonly E[] }
  | { readonly refused: true; readonly refusal: Refusal };

export const accept = <E>(...events: readonly E[]): Decision<E> => ({ refused: false, events });
export const nothing: Decision<never> = { refused: false, events: [] };
export const refuse = (code: RefusalCode, more: Parameters<typeof refusalOf>[1] = {}): Decision<never> => ({
  refused: true,
  refusal: refusalOf(code, more),
});
