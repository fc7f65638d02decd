import type { Frame } from './gift-log.ts';
import type { Random } from './random.ts';

/**
 * Measured: a page of about 30 frames, again and again while a client kept reconnecting every few seconds.
 */
const framesInAPage = 30;
const [soonestAgainMs, latestAgainMs] = [1_000, 5_000];
const msPerHour = 3_600_000;

/** The last page of what was delivered, and when a reconnecting client is given it again. */
export interface Replays {
  saw(frame: Frame): void;
  /** When the next page is due, in ms since the first send. */
  nextDue(): number;
  /** The page that is due now; the next one is drawn. */
  takePage(): readonly Frame[];
}

/** Reconnects at random, `perHour` of them in an hour, each with 1 to `most` pages. */
export const replaysOf = (perHour: number, most: number, random: Random): Replays => {
  const page: Frame[] = [];
  const pause = (): number => random.exponential(msPerHour / perHour);
  let due = perHour > 0 && most > 0 ? pause() : Number.POSITIVE_INFINITY;
  let pagesLeft = 1 + random.below(most);
  return {
    saw: (frame) => {
      page.push(frame);
      if (page.length > framesInAPage) page.shift();
    },
    nextDue: () => Math.floor(due),
    takePage: () => {
      pagesLeft -= 1;
      due += pagesLeft > 0 ? random.between(soonestAgainMs, latestAgainMs) : pause();
      if (pagesLeft === 0) pagesLeft = 1 + random.below(most);
      return [...page];
    },
  };
};
