import { z } from 'zod';

/** What a board covers. */
export const window = z.enum(['hour', 'day', 'week', 'all']);
export type Window = z.infer<typeof window>;

const hour = 3_600_000;
const day = 24 * hour;
const week = 7 * day;
/** 1970 began on a Thursday: three days into its ISO week. */
const weekOffset = 3 * day;

/** When the window that holds the instant began, in ms since 1970, UTC; an ISO week on Monday, `all` at 0. */
export const windowStart = (of: Window, at: number): number => {
  switch (of) {
    case 'hour':
      return at - (at % hour);
    case 'day':
      return at - (at % day);
    case 'week':
      return at - ((at + weekOffset) % week);
    case 'all':
      return 0;
  }
};

/** When the window that holds the instant ends: the first instant after it; of `all` there is none. */
export const windowEnd = (of: Window, at: number): number =>
  of === 'all' ? Number.POSITIVE_INFINITY : windowStart(of, at) + lengths[of];

const lengths = { hour, day, week } as const;
