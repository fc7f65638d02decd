import type { FeedPart, Watching } from '@carat/client';

/** What tells of bookings as a watch does. */
export type Source = Pick<Watching, 'on'>;

type Heard = { readonly part: FeedPart; readonly at: number };

/** Bookings of one source that are kept for components that come later; a part without any counts as one. */
const maxBookings = 1_000;
const heard = new WeakMap<Source, Heard[]>();

const weight = ({ bookings }: FeedPart): number => Math.max(1, bookings.length);

/** What a source has told since this was first called. */
export const hear = (source: Source): readonly Heard[] => {
  const known = heard.get(source);
  if (known) return known;
  const parts: Heard[] = [];
  let kept = 0;
  source.on('feed', (told) => {
    const part = { ...told, bookings: told.bookings.slice(-maxBookings) };
    parts.push({ part, at: performance.now() });
    kept += weight(part);
    while (kept > maxBookings) kept -= weight(parts.shift()!.part);
  });
  heard.set(source, parts);
  return parts;
};

/** Tells what was heard in the last `withinMs`, then what comes; answers what ends that. */
export const follow = (source: Source, tell: (part: FeedPart) => void, withinMs = Infinity): (() => void) => {
  const since = performance.now() - withinMs;
  for (const { part, at } of hear(source)) if (at >= since) tell(part);
  return source.on('feed', tell);
};
