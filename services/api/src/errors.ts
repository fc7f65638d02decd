import { isAway } from '@carat/event-store';
import { type Refusal, refuse, refuseInvalid } from '@carat/protocol';
import { z } from 'zod';
import { storeIsAway } from './append.ts';
import { limits } from './limits.ts';

/** What went wrong, as it is answered, and whether it is a fault of this service, to be logged. */
export type Failure = { readonly refusal: Refusal; readonly fault: boolean };

/**
 * Turns whatever was thrown on the way of a request into a refusal. Nothing of a fault's inside is told;
 * after one in a changing request nobody knows how far it came, and repeating any of them is harmless.
 * @param changes whether the request could have written something
 */
export const describeError = (error: unknown, changes: boolean): Failure => {
  if (error instanceof z.ZodError) return { refusal: refuseInvalid(error), fault: false };
  if (isAway(error)) {
    const refusal = error.code === 'outcome_unknown' ? unknown() : storeIsAway();
    return { refusal, fault: false };
  }
  const { statusCode, message } = (error ?? {}) as { statusCode?: number; message?: string };
  if (statusCode !== undefined && statusCode >= 400 && statusCode < 500) {
    return { refusal: refuse('invalid', { path: '', ...(message && { message }) }), fault: false };
  }
  return { refusal: changes ? unknown() : cannotAnswer(), fault: true };
};

const unknown = (): Refusal => refuse('outcome_unknown', { retryAfterMs: limits.retryAfterMs });

const cannotAnswer = (): Refusal =>
  refuse('overloaded', {
    message: 'Carat met a fault of its own. Ask again after `retryAfterMs`.',
    retryAfterMs: limits.retryAfterMs,
  });
