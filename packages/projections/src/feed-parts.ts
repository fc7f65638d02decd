import type { FeedEntry } from './changes.ts';

/** Entries of a feed that follow each other. */
export type FeedPart = {
  /** The places of the first and of the last. */
  readonly from: string;
  readonly position: string;
  readonly bookings: number;
  /** The highest `at` among them. */
  readonly latest: number;
  /** Each as JSON, with commas between. */
  readonly body: string;
};

const entriesPerPart = 32;

const encodePart = (entries: readonly FeedEntry[]): FeedPart => ({
  from: entries[0]!.position,
  position: entries.at(-1)!.position,
  bookings: entries.length,
  latest: Math.max(...entries.map(({ at }) => at)),
  body: JSON.stringify(entries).slice(1, -1),
});

/**
 * Gathers new entries of a feed in log order. They are encoded a few at a time, while they are young: as
 * objects, those of a long run would all grow old.
 */
export const createFeedParts = () => {
  const parts: FeedPart[] = [];
  let open: FeedEntry[] = [];

  const close = (): void => {
    parts.push(encodePart(open));
    open = [];
  };
  return {
    add(entry: FeedEntry): void {
      if (open.push(entry) === entriesPerPart) close();
    },
    /** All entries so far. */
    parts(): readonly FeedPart[] {
      if (open.length > 0) close();
      return parts;
    },
  };
};

export type FeedParts = ReturnType<typeof createFeedParts>;
