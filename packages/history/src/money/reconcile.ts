import {
  type Compared,
  comparePayouts,
  type Event,
  earningsEventTypes,
  foldEarnings,
  initialEarnings,
  type ListedByProvider,
  type LoggedPayout,
  loggedPayout,
  maxSendDelayMs,
  parsePayoutKey,
  prefixes,
  readEventOf,
  reconciliationMarginMs,
  streams,
} from '@carat/domain';
import { comparePositions, type EventStore, type Position, readWholeStream } from '@carat/event-store';
import { HistoryError } from '../errors.ts';
import { limits } from '../limits.ts';
import { walkLog } from '../walk.ts';
import { readCuts } from './settled-gifts.ts';

/** What of a payout provider is needed here: `PayoutProvider` of the providers' package is one. */
export type ListingProvider<Listed extends ListedByProvider = ListedByProvider> = {
  readonly name: string;
  list(request: { readonly from: number; readonly to: number; readonly page?: string }): Promise<{
    readonly payouts: readonly Listed[];
    readonly next: string | undefined;
    readonly completeTo: number;
  }>;
};

/** Instants in ms since 1970: `from` within, `to` beyond. */
export type ReconciledTime = { readonly from: number; readonly to: number };

export type Reconciled = Compared &
  ReconciledTime & {
    readonly provider: string;
    /** Up to when the provider's list was complete. */
    readonly completeTo: number;
    /** What the log says, by key: of the payouts of the time, and of all that the provider lists. */
    readonly logged: ReadonlyMap<string, LoggedPayout>;
  };

type Reading = Pick<EventStore, 'readAll' | 'readStream' | 'head'>;

/**
 * Compares what a provider lists of a time with what the log says of it, and names every difference.
 * @throws EventStoreError; what the provider's list throws; HistoryError where there are more payouts in that
 * time than are compared at once
 */
export const reconcilePayouts = async (
  store: Reading,
  provider: ListingProvider,
  { from, to }: ReconciledTime,
): Promise<Reconciled> => {
  const { payouts: listed, completeTo } = await listAll(provider, {
    from: from - reconciliationMarginMs,
    to: to + maxSendDelayMs + reconciliationMarginMs,
  });
  const creators = await creatorsWhoStarted(store, provider.name, { from, to });
  for (const { key } of listed) {
    const of = key === undefined ? undefined : parsePayoutKey(key);
    if (of) creators.add(of.creator);
  }
  const logged = await readLogged(store, provider.name, creators);
  const compared = comparePayouts({ provider: provider.name, from, to, completeTo, logged, listed });
  return { provider: provider.name, from, to, completeTo, logged, ...compared };
};

/** All pages of a provider's list. @throws HistoryError where there are too many */
export const listAll = async <Listed extends ListedByProvider>(
  provider: ListingProvider<Listed>,
  time: ReconciledTime,
): Promise<{ payouts: Listed[]; completeTo: number }> => {
  const payouts: Listed[] = [];
  let completeTo = Number.POSITIVE_INFINITY;
  for (let page: string | undefined; ; ) {
    const read = await provider.list({ ...time, ...(page !== undefined && { page }) });
    payouts.push(...read.payouts);
    completeTo = Math.min(completeTo, read.completeTo);
    if (payouts.length > limits.maxReconciledPayouts) throw tooMany(provider.name);
    if (read.next === undefined) return { payouts, completeTo };
    if (read.next === page) throw new HistoryError(`The list of ${provider.name} does not go on.`);
    page = read.next;
  }
};

const tooMany = (provider: string): HistoryError =>
  new HistoryError(
    `${provider} has more than ${limits.maxReconciledPayouts} payouts in that time: compare a shorter one.`,
  );

/** Creators of payouts that were started with a provider in a time. */
const creatorsWhoStarted = async (
  store: Reading,
  provider: string,
  time: ReconciledTime,
): Promise<Set<string>> => {
  const creators = new Set<string>();
  for await (const started of walkStarts(store, time)) {
    if (started.provider === provider) creators.add(started.creator);
  }
  return creators;
};

/**
 * Providers with which payouts were started in a time, by name: also those that the settings name no more.
 * @throws EventStoreError, UnreadableEvent
 */
export const findProviders = async (store: Reading, time: ReconciledTime): Promise<readonly string[]> => {
  const names = new Set<string>();
  for await (const { provider } of walkStarts(store, time)) names.add(provider);
  return [...names].sort();
};

/** The payouts that were started in a time; found from the last day that was closed before it. */
async function* walkStarts(
  store: Reading,
  { from, to }: ReconciledTime,
): AsyncGenerator<Event<'PayoutStarted'>['data']> {
  const head = await store.head();
  if (head === undefined) return;
  const { after, upTo } = await findStretch(store, { from, to }, head.position);
  for await (const events of walkLog(store, { after, upTo, prefixes: [prefixes.earnings] })) {
    for (const stored of events) {
      if (stored.type !== 'PayoutStarted') continue;
      const { data } = readEventOf(['PayoutStarted'], stored);
      if (data.at >= from && data.at < to) yield data;
    }
  }
}

/** The part of the log in which all events of a time lie, as days were closed around it. */
const findStretch = async (
  store: Reading,
  { from, to }: ReconciledTime,
  head: Position,
): Promise<{ after: Position | undefined; upTo: Position }> => {
  let after: Position | undefined;
  let upTo = head;
  for (const { at, position } of await readCuts(store)) {
    if (at < from - limits.clockMarginMs) after = position;
    if (at >= to + limits.clockMarginMs && comparePositions(position, upTo) < 0) upTo = position;
  }
  return { after, upTo };
};

const readLogged = async (
  store: Pick<EventStore, 'readStream'>,
  provider: string,
  creators: ReadonlySet<string>,
): Promise<Map<string, LoggedPayout>> => {
  const logged = new Map<string, LoggedPayout>();
  for (const creator of creators) {
    const stored = await readWholeStream(store, streams.earnings(creator), limits.streamPageEvents);
    const events = stored.map((event) => readEventOf(earningsEventTypes, event));
    for (const redemption of foldEarnings(initialEarnings, events).redemptions.values()) {
      const payout = loggedPayout(redemption, provider);
      if (payout) logged.set(payout.key, payout);
    }
    if (logged.size > limits.maxReconciledPayouts) throw tooMany(provider);
  }
  return logged;
};
