import { comboTimes, type Event, prefixes, readEvent, streams, UnreadableEvent } from '@carat/domain';
import type { StoredEvent } from '@carat/event-store';
import { skippedBy } from '@carat/projections';
import { instantOf } from '@carat/protocol';
import type { Sources } from './all-time.ts';
import { limits } from './limits.ts';
import { findPastLive, type Place } from './numbers.ts';
import { findSealedPlace } from './seals.ts';
import { readTerms, type Terms } from './terms.ts';
import { walkLog, walkStream } from './walk.ts';
import { readWalletEvent } from './wallet.ts';

/** One event behind a number, and where it stands. */
export type Entry = {
  readonly position: string;
  readonly event: string;
  readonly stream: string;
  readonly revision: number;
} & (
  | { readonly type: 'GiftSent'; readonly data: Event<'GiftSent'>['data']; readonly leftOut: boolean }
  | { readonly type: 'CoinsGranted'; readonly data: Event<'CoinsGranted'>['data']; readonly leftOut: false }
);

type Asked = { readonly place: Place };

/**
 * The bookings behind a live's numbers, in the order of the log, a page at a time. `leftOut`: an operator
 * had taken it out of the numbers by then. @throws HistoryError, EventStoreError
 */
export async function* explainLive(
  sources: Sources,
  { live, place }: Asked & { readonly live: string },
): AsyncGenerator<readonly Entry[]> {
  const found = await findPastLive(sources.store, live, place);
  if (found) yield* bookings(sources, place, found.begins, ({ data }) => data.live === live);
}

/** The bookings behind what a creator had earned. */
export const explainCreator = (
  sources: Sources,
  { creator, place }: Asked & { readonly creator: string },
): AsyncGenerator<readonly Entry[]> =>
  bookings(sources, place, undefined, ({ data }) => data.creator === creator);

/** All that had happened to a viewer's wallet. */
export async function* explainViewer(
  { store, signal }: Sources,
  { viewer, place }: Asked & { readonly viewer: string },
): AsyncGenerator<readonly Entry[]> {
  if (place === undefined) return;
  const terms = await readTerms(store, place);
  for await (const page of walkStream(store, streams.wallet(viewer), { upTo: place, signal })) {
    yield page.map((stored) => entryOf(stored, terms));
  }
}

type ComboOf = {
  readonly combo: string;
  readonly what: 'live' | 'creator' | 'viewer';
  readonly id: string;
};

/**
 * The whole way of one combo: every booking of it, in the order of the log. Its first one is looked for from
 * the time that its id tells; the others lie in the same wallet, until no booking of it can come any more.
 * Two viewers may have made the same id, so it is asked for of somebody.
 */
export async function* explainCombo(
  sources: Sources,
  { combo, place, what, id }: Asked & ComboOf,
): AsyncGenerator<readonly Entry[]> {
  const { store, signal } = sources;
  const made = instantOf(combo);
  const until = made + comboTimes.behindMs;
  const earliest = made - comboTimes.aheadMs - limits.clockMarginMs;
  const sealed = await findSealedPlace(store, (seal) => seal.at < earliest);
  const isOfCombo = ({ data }: StoredEvent): boolean => data.combo === combo && data[what] === id;
  const first = await findFirst(bookings(sources, place, sealed?.position, isOfCombo));
  if (first === undefined || place === undefined) return;
  const terms = await readTerms(store, place);
  const { stream, revision: from } = first;
  for await (const page of walkStream(store, stream, { from, upTo: place, signal })) {
    const entries = page.map((stored) => entryOf(stored, terms));
    yield entries.filter(({ type, data }) => type === 'GiftSent' && data.combo === combo);
    if (entries.some(({ data }) => data.at > until)) return;
  }
}

const findFirst = async (pages: AsyncGenerator<readonly Entry[]>): Promise<Entry | undefined> => {
  for await (const [first] of pages) if (first) return first;
  return undefined;
};

async function* bookings(
  { store, signal }: Sources,
  place: Place,
  after: Place,
  isAsked: (stored: StoredEvent) => boolean,
): AsyncGenerator<readonly Entry[]> {
  if (place === undefined) return;
  const terms = await readTerms(store, place);
  const stretch = { after, upTo: place, prefixes: [prefixes.wallets], signal };
  for await (const page of walkLog(store, stretch)) {
    const entries = page.filter((stored) => isAsked(stored) && isBooking(stored, terms));
    if (entries.length > 0) yield entries.map((stored) => entryOf(stored, terms));
  }
}

/** What no unit can take, and an operator left out, is no booking that anybody could show. */
const isBooking = (stored: StoredEvent, { everSkipped }: Terms): boolean => {
  try {
    return readEvent(stored)?.type === 'GiftSent';
  } catch (error) {
    if (error instanceof UnreadableEvent && everSkipped.has(stored.id)) return false;
    throw error;
  }
};

const entryOf = (stored: StoredEvent, { skips }: Terms): Entry => {
  const { position, id: event, stream, revision } = stored;
  const place = { position, event, stream, revision };
  const { type, data } = readWalletEvent(stored);
  if (type === 'CoinsGranted') return { ...place, type, data, leftOut: false };
  return { ...place, type, data, leftOut: skippedBy(skips, 'creators').has(event) };
};
