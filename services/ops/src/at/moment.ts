import { http, id } from '@carat/protocol';
import { InvalidArgumentError } from 'commander';

/** A moment as one types it: an instant, or `@` and a position. */
export const readMoment = (text: string): http.Moment => {
  const parsed = http.moment.safeParse(text);
  if (parsed.success) return parsed.data;
  throw new InvalidArgumentError(
    'An instant such as 2026-11-23T18:30:00Z, ms since 1970, or a position such as @12345 is expected.',
  );
};

/** An instant, where a position makes no sense. */
export const readInstant = (text: string): number => {
  const parsed = http.moment.safeParse(text);
  if (parsed.success && 'instant' in parsed.data) return parsed.data.instant;
  throw new InvalidArgumentError('An instant such as 2026-11-23T18:30:00Z or ms since 1970 is expected.');
};

/** The id of a live, creator or viewer. */
export const readId = (text: string): string => {
  if (id.safeParse(text).success) return text;
  throw new InvalidArgumentError('An id has 1 to 128 characters of A-Z a-z 0-9 _ . : -');
};

/** @returns what reads a whole number from 1 to `most` */
export const readLimit =
  (most: number) =>
  (text: string): number => {
    const limit = /^\d+$/.test(text) ? Number(text) : Number.NaN;
    if (limit >= 1 && limit <= most) return limit;
    throw new InvalidArgumentError(`1 to ${most} are expected.`);
  };
