import type { Random } from './random.ts';

/** Measured between neighbouring frames at six reconnects: 8, 12, 51, 51, 72 and 147 s. */
const [shortestGapMs, longestGapMs] = [8_000, 147_000];
/** A feed that is back delivers what it still has in its order, quickly but not all in one moment. */
const catchUpSpeed = 20;
const msPerHour = 3_600_000;

interface Gap {
  readonly from: number;
  readonly to: number;
}

/**
 * When the feed is cut. Gaps are drawn as far ahead as anyone asks, and forgotten once the live has passed
 * them.
 */
export interface Gaps {
  /** For a moment inside a gap, when what it held arrives after all; undefined while the feed runs. */
  arrivalAfter(moment: number): number | undefined;
  /** Nothing before this moment will be asked for any more. */
  forgetBefore(moment: number): void;
}

/** Gaps that begin at random, `perHour` of them in an hour without any, and never overlap. */
export const gapsOf = (perHour: number, random: Random): Gaps => {
  let known: Gap[] = [];
  let drawnTo = perHour > 0 ? 0 : Number.POSITIVE_INFINITY;
  const drawTo = (moment: number): void => {
    while (drawnTo <= moment) {
      const from = drawnTo + random.exponential(msPerHour / perHour);
      const to = Math.ceil(from + random.between(shortestGapMs, longestGapMs));
      known.push({ from, to });
      drawnTo = to;
    }
  };
  return {
    arrivalAfter: (moment) => {
      drawTo(moment);
      const gap = known.find(({ from, to }) => from <= moment && moment < to);
      return gap && Math.ceil(gap.to + (moment - gap.from) / catchUpSpeed);
    },
    forgetBefore: (moment) => {
      if (known.length > 0 && known[0]!.to <= moment) known = known.filter(({ to }) => to > moment);
    },
  };
};
