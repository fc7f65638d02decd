import type { CaratRefusal } from '@carat/client';
import { sayError } from '../shared/words.ts';

/** What everybody who watches a live may see of a fault: of a sign-in that ended, no word. */
export type FaultOnStage = { readonly kind: 'sign_in' } | { readonly kind: 'other'; readonly words: string };

export const faultOnStage = (error: Error | undefined): FaultOnStage | undefined => {
  if (error === undefined) return undefined;
  const { refused } = (error as Partial<CaratRefusal>).refusal ?? {};
  if (refused === 'unauthenticated' || refused === 'forbidden') return { kind: 'sign_in' };
  return { kind: 'other', words: sayError(error) };
};
