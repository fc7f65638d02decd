const hour = 3_600_000;
const day = 24 * hour;
const week = 7 * day;
/** 1970 began on a Thursday: three days into its ISO week. */
const weekOffset = 3 * day;

export type Window = 'hour' | 'day' | 'week' | 'all';

/**
 * The window that holds the instant, as boards are named after it: its kind, and when it began in ms since
 * 1970 (UTC; ISO weeks begin on Monday; `all` begins at 0).
 */
export const windowOf = (window: Window, at: number): string => `${window}:${startOf(window, at)}`;

/**
 * Names of a board by window. Neighbours in the log mostly share theirs, so the last one of each is kept: the
 * same text need not be made, and found anew, for every event.
 */
export const boardNames = (board: string): ((window: Window, at: number) => string) => {
  const last: { [window in Window]?: { start: number; name: string } } = {};
  return (window, at) => {
    const start = startOf(window, at);
    const known = last[window];
    if (known?.start === start) return known.name;
    const name = `${board}:${windowOf(window, at)}`;
    last[window] = { start, name };
    return name;
  };
};

const startOf = (window: Window, at: number): number => {
  switch (window) {
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
