import type { Event } from '@carat/domain';
import { addChanges, type Batch } from './batch.ts';
import type { Change } from './changes.ts';
import type { Projection } from './projection.ts';

type GiftSent = Event<'GiftSent'>;

/** Something that a gift says, or that follows from it. */
export type Part = (gift: GiftSent['data']) => string | number;

export const parts = {
  viewer: ({ viewer }) => viewer,
  live: ({ live }) => live,
  creator: ({ creator }) => creator,
  gift: ({ gift }) => gift,
  /** By when it began. A day lies in one ISO week. */
  minute: ({ at }) => at - (at % 60_000),
  hour: ({ at }) => at - (at % 3_600_000),
  day: ({ at }) => at - (at % 86_400_000),
} as const satisfies Record<string, Part>;

/**
 * Read models that two gifts alike in these two parts change in the same fields: by the sums of their
 * amounts, in whatever way these are told. The first part is better one that neighbours in the log share.
 */
export type Group = { readonly by: readonly [Part, Part]; readonly projections: readonly Projection[] };

/** Gifts alike in the parts of a group: one of them, the sums of all, and the place of the last. */
type Gathered = { readonly gift: GiftSent; coins: number; booked: number; diamonds: number; place: string };

/**
 * Gathers gifts that are alike before they are projected: a gift is looked up once per group, where a change
 * of each total would be once per total. What is added to a batch in the end is what the gifts would have
 * added one by one. Holds all that differ until then.
 */
export const createGathering = (groups: readonly Group[], others: readonly Projection[]) => {
  const shelves = groups.map(createShelf);
  return {
    /**
     * Takes up a gift; undefined where it has to be projected by itself, and what is gathered added before.
     * @returns what it changes beside sums
     */
    take(event: Event, position: string): readonly Change[] | undefined {
      if (event.type !== 'GiftSent' || !isOrdinary(event.data)) return undefined;
      for (const shelf of shelves) shelf.take(event, position);
      return projectAll(others, event, position);
    },
    /** What it will cost to write at most, as a batch counts it. */
    writes: (): number => shelves.reduce((sum, shelf) => sum + shelf.writes(), 0),
    /** Adds all that is gathered to a batch, and begins anew. */
    addTo(batch: Batch): void {
      for (const shelf of shelves) shelf.addTo(batch);
    },
  };
};

export type Gathering = ReturnType<typeof createGathering>;

/** Every amount makes its total grow: of others a total's place would not be that of the last gift. */
const isOrdinary = ({ coins, booked, millidiamonds }: GiftSent['data']): boolean =>
  coins > 0 && booked > 0 && millidiamonds > 0;

export const projectAll = (
  projections: readonly Projection[],
  event: Event,
  position: string,
): readonly Change[] => {
  if (projections.length === 1) return projections[0]!(event, position);
  const changes: Change[] = [];
  for (const projection of projections) {
    for (const change of projection(event, position)) changes.push(change);
  }
  return changes;
};

const writesOf = (changes: readonly Change[]): number =>
  changes.reduce((sum, change) => sum + (change.change === 'add' && change.ranked ? 2 : 1), 0);

/** What is gathered for one group. */
const createShelf = ({ by: [first, second], projections }: Group) => {
  let all: Gathered[] = [];
  let byFirst = new Map<string | number, Map<string | number, Gathered>>();
  let last: { key: string | number; bySecond: Map<string | number, Gathered> } | undefined;
  let writesEach = 0;

  const shelfOf = (key: string | number): Map<string | number, Gathered> => {
    if (last?.key === key) return last.bySecond;
    let bySecond = byFirst.get(key);
    if (bySecond === undefined) {
      bySecond = new Map();
      byFirst.set(key, bySecond);
    }
    last = { key, bySecond };
    return bySecond;
  };

  return {
    take(gift: GiftSent, place: string): void {
      const { coins, booked, millidiamonds } = gift.data;
      const bySecond = shelfOf(first(gift.data));
      const key = second(gift.data);
      const found = bySecond.get(key);
      if (found !== undefined) {
        found.coins += coins;
        found.booked += booked;
        found.diamonds += millidiamonds;
        found.place = place;
        return;
      }
      const gathered = { gift, coins, booked, diamonds: millidiamonds, place };
      bySecond.set(key, gathered);
      all.push(gathered);
      if (writesEach === 0) writesEach = writesOf(projectAll(projections, gift, place));
    },
    writes: (): number => all.length * writesEach,
    addTo(batch: Batch): void {
      // Some share totals, as hours share a day: the place of a total is that of the last gift.
      all.sort(byPlace);
      for (const { gift, coins, booked, diamonds, place } of all) {
        const data = { ...gift.data, coins, booked, millidiamonds: diamonds };
        addChanges(batch, projectAll(projections, { type: 'GiftSent', data }, place), place);
      }
      all = [];
      byFirst = new Map();
      last = undefined;
    },
  };
};

/** Places of the log are decimal digits. */
const byPlace = ({ place: a }: Gathered, { place: b }: Gathered): number =>
  a.length - b.length || (a < b ? -1 : 1);
