import { type Window, windowStart } from '@carat/domain';

/**
 * The window that holds the instant, as boards are named after it: its kind, and when it began in ms since
 * 1970 (UTC; ISO weeks begin on Monday; `all` begins at 0).
 */
export const windowOf = (window: Window, at: number): string => `${window}:${windowStart(window, at)}`;

/**
 * Names of a board by window. Neighbours in the log mostly share theirs, so the last one of each is kept: the
 * same text need not be made, and found anew, for every event.
 */
export const boardNames = (board: string): ((window: Window, at: number) => string) => {
  const last: { [window in Window]?: { start: number; name: string } } = {};
  return (window, at) => {
    const start = windowStart(window, at);
    const known = last[window];
    if (known?.start === start) return known.name;
    const name = `${board}:${windowOf(window, at)}`;
    last[window] = { start, name };
    return name;
  };
};
