import { type Refusal, refuse } from '@carat/protocol';
import type { Reader } from '@carat/read-models';
import type { Logger } from '@carat/service-kit';
import { limits } from './limits.ts';

/**
 * What this service reads from the read models; undefined: they are being filled, so the numbers are
 * unknown.
 */
export type NumbersReader = Omit<Reader, 'liveNumbers'>;

export type Numbers = <T extends object>(
  read: (reader: NumbersReader) => Promise<T | undefined>,
) => Promise<T | Refusal>;

/** Numbers as they stand, or a refusal where they cannot be read: they are never made up. */
export const createNumbers = (reader: NumbersReader, log: Logger): Numbers => {
  let lastLogged = Number.NEGATIVE_INFINITY;
  return async (read) => {
    try {
      return (await read(reader)) ?? numbersAreRebuilt();
    } catch (err) {
      const now = performance.now();
      if (now - lastLogged >= limits.minLogPauseMs) {
        lastLogged = now;
        log.warn({ err }, 'the read models cannot be read');
      }
      return numbersAreAway();
    }
  };
};

const { retryAfterMs } = limits;

const numbersAreRebuilt = (): Refusal =>
  refuse('overloaded', {
    message: 'The numbers are being rebuilt from the log. Ask again after `retryAfterMs`.',
    retryAfterMs,
  });

const numbersAreAway = (): Refusal =>
  refuse('overloaded', {
    message: 'The numbers cannot be read right now. Ask again after `retryAfterMs`.',
    retryAfterMs,
  });
