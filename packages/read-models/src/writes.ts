import { channelOf, checkpointKey, ranksKey, tableKey, type Unit } from './keys.ts';

/** Arguments of one command inside a script: Lua's `unpack` fails at 8,000. An even number. */
const maxArgsPerCommand = 7_000;

/** What else costs Redis as much as so many fields. */
const costs = { rank: 1.5, booking: 0.25, trim: 300 } as const;

/** Gathers the keys and writes of one application in the form that `apply.lua` takes. */
export const createWrites = (generation: string, unit: Unit) => {
  const keys = [checkpointKey(generation, unit), channelOf(generation, unit)];
  const writes: (string | number)[] = [];
  const named = new Map<string, number>();

  const name = (key: string): number => {
    const number = named.get(key) ?? keys.push(key);
    named.set(key, number);
    return number;
  };
  let cost = 0;
  return {
    keys,
    writes,
    /** What Redis will have to do, in fields written to a hash. */
    cost: (): number => cost,
    /**
     * @param pairs field and value in turn; of the first `ranked` of them the number with which the value
     * begins is a score.
     * @returns the number by which the script will speak of the ranks, where there are any.
     */
    hash(table: string, pairs: readonly string[], ranked = 0): string | undefined {
      const key = name(tableKey(generation, unit, table));
      const ranks = ranked > 0 ? name(ranksKey(generation, unit, table)) : 0;
      for (let first = 0; first < pairs.length; first += maxArgsPerCommand) {
        const last = Math.min(first + maxArgsPerCommand, pairs.length);
        const rankedHere = Math.max(0, Math.min(ranked - first / 2, (last - first) / 2));
        writes.push('hash', key, ranks, rankedHere, last - first);
        cost += (last - first) / 2 + rankedHere * costs.rank;
        for (let i = first; i < last; i++) writes.push(pairs[i]!);
      }
      return ranked > 0 ? String(ranks) : undefined;
    },
    entry(
      feed: string,
      entry: {
        from: string;
        position: string;
        upTo: number;
        bookings: number;
        latest: number;
        body: string;
      },
    ): void {
      const key = name(tableKey(generation, unit, feed));
      const { from, position, upTo, bookings, latest, body } = entry;
      writes.push('entry', key, `${position}-${upTo}`, from, bookings, latest, body);
      cost += bookings * costs.booking;
    },
    /** Drops all of a table's ranks below a score. */
    cut(table: string, below: number): void {
      writes.push('cut', name(ranksKey(generation, unit, table)), below);
    },
    /**
     * Drops entries that end at or below booking `over`, or at or below `old` and all before the instant: of
     * many only the first, some more than may have come since the last time.
     */
    trim(feed: string, over: number, old: number, before: number): void {
      writes.push('trim', name(tableKey(generation, unit, feed)), over, old, before);
      cost += costs.trim;
    },
    /** Drops all entries. */
    drop(feed: string): void {
      writes.push('drop', name(tableKey(generation, unit, feed)));
    },
  };
};

export type Writes = ReturnType<typeof createWrites>;
