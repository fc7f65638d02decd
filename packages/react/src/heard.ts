import type { FeedPart, Watching } from '@carat/client';

/** What tells of bookings as a watch does. */
export type Source = Pick<Watching, 'on'>;

type Heard = { readonly part: FeedPart; readonly at: number };

/** Parts of one source that are kept for components that come later. */
const maxParts = 100;
const heard = new WeakMap<Source, Heard[]>();

/** What a source has told since this was first called. */
export const hear = (source: Source): readonly Heard[] => {
  const known = heard.get(source);
  if (known) return known;
  const parts: Heard[] = [];
  source.on('feed', (part) => {
    parts.push({ part, at: performance.now() });
    if (parts.length > maxParts) parts.shift();
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
