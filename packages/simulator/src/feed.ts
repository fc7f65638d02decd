import type { Faults } from './habits.ts';
import type { Random } from './random.ts';
import type { Send, Tap } from './sends.ts';

/** A frame on its way: made at `at`, delivered at `arrives`, both in ms since the first send. */
export interface Delivery {
  readonly send: Send;
  readonly count: number;
  readonly at: number;
  readonly arrives: number;
  /** The one frame of a send that is never lost: its highest count, as made by the last tap. */
  readonly completes: boolean;
}

const [earliestClosingMs, latestClosingMs] = [2_000, 4_000];
const [soonestDuplicateMs, latestDuplicateMs] = [0, 10_000];
const [leastLateMs, mostLateMs] = [1_000, 8_000];
const greatestDisorderMs = 4_000;

/** The frames a faulty feed makes of one send, in no order; the caller sorts by arrival. Gaps come on top. */
export const deliveriesOf = (send: Send, faults: Faults, random: Random): Delivery[] => {
  const last = send.taps.at(-1)!;
  const disorder = send.taps.length > 1 && random.chance(faults.reorderedCombos);
  const deliveries: Delivery[] = [];
  const deliver = ({ at, count }: Tap, completes: boolean): void => {
    const late = random.chance(faults.lateFrames) ? random.between(leastLateMs, mostLateMs) : 0;
    const arrives = Math.floor(at + late + (disorder ? random.between(0, greatestDisorderMs) : 0));
    deliveries.push({ send, count, at, arrives, completes });
    if (!random.chance(faults.duplicateFrames)) return;
    const again = Math.floor(arrives + random.between(soonestDuplicateMs, latestDuplicateMs));
    deliveries.push({ send, count, at, arrives: again, completes: false });
  };
  for (const tap of send.taps) {
    const between = tap !== last && tap !== send.taps[0];
    if (between && random.chance(faults.skippedCounts)) continue;
    deliver(tap, tap === last);
  }
  if (send.gift.streakable && random.chance(closingShare(send, faults))) {
    const at = Math.floor(last.at + random.between(earliestClosingMs, latestClosingMs));
    deliver({ at, count: last.count }, false);
  }
  return deliveries;
};

/** Measured: where 40 % of the single sends are closed, 94 % of the combos are. */
const closingShare = (send: Send, { closingFrames }: Faults): number =>
  send.taps.length > 1 ? closingFrames ** 0.07 : closingFrames;
