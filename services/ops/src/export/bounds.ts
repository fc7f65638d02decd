import { comparePositions, type Position, parsePosition } from '@carat/event-store';
import { http } from '@carat/protocol';
import { InvalidArgumentError } from 'commander';
import { z } from 'zod';

/** An end of what is exported: a place in the log, or an instant in ms since 1970. */
export type Bound = { readonly position: Position } | { readonly instant: number };

/** Text with a day that no calendar has would mean a later one. */
const dayOf = (text: string): string | undefined => /^\d{4}-\d\d-\d\d/.exec(text)?.[0];
const isDay = (day: string): boolean => z.iso.date().safeParse(day).success;

/** A moment as all commands take it; a date alone means its beginning in UTC. */
export const readBound = (text: string): Bound => {
  const parsed = http.moment.safeParse(text);
  const day = dayOf(text);
  if (!parsed.success || (day !== undefined && !isDay(day))) {
    throw new InvalidArgumentError(
      'A date such as 2026-11-23, an instant such as 2026-11-23T18:30:00Z or ms since 1970, ' +
        'or a position such as @12345 is expected.',
    );
  }
  const moment = parsed.data;
  return 'position' in moment ? { position: parsePosition(moment.position) } : moment;
};

/** Whether a bound lies after another, as far as can be told: places and instants can't be compared. */
export const isAfter = (bound: Bound, other: Bound): boolean => {
  if ('instant' in bound) return 'instant' in other && bound.instant > other.instant;
  return 'position' in other && comparePositions(bound.position, other.position) > 0;
};
