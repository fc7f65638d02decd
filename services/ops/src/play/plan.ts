import { type Frame, impliedTotals, type Totals } from '@carat/simulator';
import type { ReadLog } from '../logs/read.ts';

export type PlannedGift = {
  /** The id that the gift is listed under for this run alone. */
  readonly id: string;
  readonly name: string;
  readonly coins: number;
  readonly streakable: boolean;
};

export type PlannedViewer = {
  readonly id: string;
  /** What the viewer gives by the log: granted beforehand, so nothing is refused for lack of coins. */
  readonly coins: number;
  readonly frames: number;
};

/** One combo of the log: viewer and gift by their places in the plan. */
export type PlannedCombo = { readonly viewer: number; readonly gift: number };
/** One claim to send: the combo by its place in the plan. */
export type PlannedFrame = { readonly t: number; readonly combo: number; readonly count: number };

/** How a gift log is played as a new live. */
export type Plan = {
  /** The log's own id of its live. */
  readonly log: string;
  readonly live: string;
  readonly creator: string;
  readonly gifts: readonly PlannedGift[];
  readonly viewers: readonly PlannedViewer[];
  readonly combos: readonly PlannedCombo[];
  readonly frames: readonly PlannedFrame[];
  readonly implied: Totals;
};

const longestNameInId = 80;
const longestGiftName = 200;

/** An id for a new live that still shows which log it plays; `run` is unique to the run. */
export const liveIdOf = (log: string, run: string): string =>
  `${log.replaceAll(/[^A-Za-z0-9_.:-]/g, '_').slice(0, longestNameInId)}.${run}`;

/** Lays a log out as a run: what is to be listed, granted and sent under which ids. */
export const planRun = ({ header, frames }: ReadLog, run: string): Plan => {
  const live = liveIdOf(header.live, run);
  const giftPlaces = new Map(header.gifts.map(({ id }, place) => [id, place]));
  const viewers = places();
  const combos = places();
  const plannedViewers: { id: string; coins: number; frames: number }[] = [];
  const plannedCombos: PlannedCombo[] = [];
  const highest: number[] = [];

  const planFrame = (frame: Frame): PlannedFrame => {
    const gift = giftPlaces.get(frame.gift)!;
    const viewer = viewers.of(frame.viewer, () =>
      plannedViewers.push({ id: frame.viewer, coins: 0, frames: 0 }),
    );
    const combo = combos.of(JSON.stringify([viewer, gift, frame.combo]), () => {
      plannedCombos.push({ viewer, gift });
      highest.push(0);
    });
    const added = Math.max(0, frame.count - highest[combo]!);
    highest[combo]! += added;
    const gives = plannedViewers[viewer]!;
    gives.coins += added * header.gifts[gift]!.coins;
    gives.frames += 1;
    return { t: frame.t, combo, count: frame.count };
  };

  const plannedFrames = frames.map(planFrame);
  return {
    log: header.live,
    live,
    creator: header.creator,
    gifts: header.gifts.map(({ name, coins, streakable }, place) => ({
      id: `${live}.g${place + 1}`,
      name: name.slice(0, longestGiftName),
      coins,
      streakable,
    })),
    viewers: plannedViewers,
    combos: plannedCombos,
    frames: plannedFrames,
    implied: impliedTotals(frames, header.gifts),
  };
};

/** Gives every key its place, from 0, in the order in which keys are first seen. */
const places = () => {
  const known = new Map<string, number>();
  return {
    of: (key: string, onNew: () => void): number => {
      const place = known.get(key);
      if (place !== undefined) return place;
      known.set(key, known.size);
      onNew();
      return known.size - 1;
    },
  };
};
