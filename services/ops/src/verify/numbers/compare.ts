import { comparePositions } from '@carat/event-store';
import type { ShownBooking } from '@carat/protocol';
import { decodeTotal, feedLimits } from '@carat/read-models';
import { digestOf } from './digest.ts';
import type { FoldedFeed, FoldedTable, Row } from './fold.ts';
import type { FeedEntry, FeedSlice } from './slices.ts';

/** Who counts in a ranked table: these many, by amount, and of equals those who reached it first. */
const rankedMembers = 1_000;

const describe = (
  names: readonly string[],
  { amounts, place }: Row | { amounts: readonly number[]; place: string },
) => [...amounts.map((amount, i) => `${amount} ${names[i] ?? 'of something'}`), `at ${place}`].join(', ');

/** A field's value against what it must be; the text of the difference, if there is one. */
export const compareField = (
  table: FoldedTable | undefined,
  field: string,
  value: string,
): string | undefined => {
  const row = table?.rows.get(field);
  const names = table?.amountsOf(field) ?? [];
  const said = decodeTotal(value);
  if (row === undefined) return `${field} says ${describe(names, said)}, the log knows nothing of it`;
  if (value === [...row.amounts, row.place].join(' ')) return undefined;
  return `${field} says ${describe(names, said)}, the log says ${describe(names, row)}`;
};

/** A sorted set against the table it ranks: whoever is in it has the right score, and who counts is in it. */
export const compareRanks = (
  table: FoldedTable | undefined,
  members: readonly (readonly [member: string, score: string])[],
): string[] => {
  const rows = table?.rows ?? new Map<string, Row>();
  const differences: string[] = [];
  const present = new Set<string>();
  for (const [member, score] of members) {
    present.add(member);
    const amount = rows.get(member)?.amounts[0];
    if (amount !== Number(score))
      differences.push(`${member} ranks with ${score}, the log says ${amount ?? 'nothing'}`);
  }
  for (const [member, { amounts }] of firstOf(rows)) {
    if (!present.has(member))
      differences.push(`${member} is missing, who ranks with ${amounts[0]} by the log`);
  }
  return differences;
};

const firstOf = (rows: ReadonlyMap<string, Row>): [string, Row][] => {
  const all = [...rows];
  if (all.length <= rankedMembers) return all;
  return all
    .sort(([, a], [, b]) => b.amounts[0]! - a.amounts[0]! || comparePositions(a.place, b.place))
    .slice(0, rankedMembers);
};

/** Compares a feed slice by slice; `see` is called while the fold is exactly where the slice is as of. */
export const createFeedComparison = () => {
  /** Number of the last booking seen, of all that the feed ever had. */
  let last: number | undefined;
  let leastHeld: number | undefined;

  const seeEntry = ({ upTo, bookings }: FeedEntry, feed: FoldedFeed): string[] => {
    const first = upTo - bookings.length + 1;
    const differences =
      last !== undefined && first !== last + 1 ? [`bookings ${last + 1} to ${first - 1} are missing`] : [];
    if (last === undefined && leastHeld !== undefined && first > leastHeld) {
      differences.push(`it begins with booking ${first}, but must hold those from ${leastHeld} on`);
    }
    last = upTo;
    const oldestKnown = feed.count - feed.digests.length + 1;
    bookings.forEach((booking, i) => {
      const number = first + i;
      if (number < oldestKnown) return;
      if (feed.digests[number - oldestKnown] !== digestOf(booking as ShownBooking)) {
        const { position } = booking as ShownBooking;
        differences.push(`booking ${number} (position ${position}) is not what the log says`);
      }
    });
    return differences;
  };

  return {
    see: ({ head, rows }: FeedSlice, feed: FoldedFeed): string[] => {
      leastHeld ??= leastNumber(feed);
      const differences = rows.flatMap((entry) => seeEntry(entry, feed));
      if (head.count !== feed.count || head.latest !== feed.latest) {
        differences.push(
          `it counts ${head.count} bookings up to ${head.latest}, ` +
            `the log has ${feed.count} up to ${feed.latest}`,
        );
      }
      return differences;
    },
    /** After the last slice. */
    finish: (feed: FoldedFeed): string[] =>
      last === feed.count ? [] : [`it ends with booking ${last ?? 0}, the log has ${feed.count}`],
  };
};

/** The number of the oldest booking that a feed must hold. */
const leastNumber = ({ count, latest, times }: FoldedFeed): number => {
  const recent = times.findIndex((at) => at >= latest - feedLimits.minMs);
  const least = times.length - feedLimits.minBookings;
  const first = Math.max(
    0,
    times.length - feedLimits.maxBookings,
    Math.min(least, recent < 0 ? least : recent),
  );
  return count - times.length + 1 + first;
};
