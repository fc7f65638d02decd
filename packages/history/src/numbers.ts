import { evolveLive, initialLive, liveEventTypes, prefixes, readEventOf, streams } from '@carat/domain';
import { comparePositions, type EventStore, type Position } from '@carat/event-store';
import { windowOf } from '@carat/projections';
import { type AsOf, type http, type Ranked, windowStart } from '@carat/protocol';
import { askAllTime, type Sources } from './all-time.ts';
import { createFold, type Fold } from './fold.ts';
import { limits } from './limits.ts';
import { createRanking, rowOf } from './rows.ts';
import { findSealedPlace } from './seals.ts';
import { readTerms, type Terms } from './terms.ts';
import { walkLog } from './walk.ts';

/** Where the log had come; undefined before its first event. */
export type Place = Position | undefined;

export type PastLive = Omit<http.Totals, 'millidiamonds'> & {
  readonly millidiamonds: number;
  readonly creator: string;
  /** Who had given most, by coins. */
  readonly top: Ranked[];
};
export type BoardKind = 'creators' | 'gifters';

const asOfPlace = ({ generation }: Terms, place: Place): AsOf => ({ generation, position: place ?? null });

/** Whose a live is and where in the log it begins; undefined where it had not begun. */
export const findPastLive = async (
  store: EventStore,
  live: string,
  place: Place,
): Promise<{ readonly creator: string; readonly begins: Position } | undefined> => {
  const page = await store.readStream(streams.live(live), { limit: 1 });
  const first = page.exists ? page.events[0] : undefined;
  if (first === undefined || place === undefined) return undefined;
  if (comparePositions(first.position, place) > 0) return undefined;
  const started = evolveLive(initialLive, readEventOf(liveEventTypes, first));
  return started.status === 'unknown' ? undefined : { creator: started.creator, begins: first.position };
};

/**
 * What a live had brought in, and who had given most. Reads the log from where the live begins; of all that
 * lies there only its own bookings are taken up.
 * @returns undefined where it had not begun
 * @throws HistoryError, EventStoreError
 */
export const pastLive = async (
  { store, signal }: Sources,
  { live, place, limit }: { readonly live: string; readonly place: Place; readonly limit: number },
): Promise<PastLive | undefined> => {
  const found = await findPastLive(store, live, place);
  if (found === undefined || place === undefined) return undefined;
  const terms = await readTerms(store, place);
  const [totals, board] = [`live-totals:${live}`, `live-board:${live}`];
  const isAbout = ({ data }: { readonly data: { readonly live?: unknown } }): boolean => data.live === live;
  const fold = createFold({ unit: 'creators', tables: [totals, board], isAbout }, terms);
  const stretch = { after: found.begins, upTo: place, prefixes: [prefixes.wallets], signal };
  for await (const page of walkLog(store, stretch)) for (const event of page) fold.see(event);
  const [coins = 0, gifts = 0, millidiamonds = 0] = amountsOf(fold, totals, 'all');
  return {
    live,
    creator: found.creator,
    asOf: asOfPlace(terms, place),
    coins,
    gifts,
    senders: fold.table(board)?.sums.size ?? 0,
    millidiamonds,
    perGift: perGift(fold, totals),
    top: rankingOf(fold, board, limit),
  };
};

const amountsOf = (fold: Fold, table: string, field: string): readonly number[] => {
  const sum = fold.table(table)?.sums.get(field);
  return sum === undefined ? [] : rowOf(field, sum).amounts;
};

const rankingOf = (fold: Fold, table: string, limit: number): Ranked[] => {
  const ranking = createRanking(limit);
  for (const [field, sum] of fold.table(table)?.sums ?? []) ranking.add(rowOf(field, sum));
  return ranking.entries();
};

const giftPrefix = 'gift:';

/** By coins, as the read models tell it. */
const perGift = (fold: Fold, table: string): http.Totals['perGift'] =>
  [...(fold.table(table)?.sums.keys() ?? [])]
    .filter((field) => field.startsWith(giftPrefix))
    .map((field) => {
      const [gifts = 0, coins = 0] = amountsOf(fold, table, field);
      return { gift: field.slice(giftPrefix.length), gifts, coins };
    })
    .sort((a, b) => b.coins - a.coins || (a.gift < b.gift ? -1 : 1));

/** What a creator had earned. @throws HistoryError, EventStoreError */
export const pastEarnings = async (
  sources: Sources,
  { creator, place }: { readonly creator: string; readonly place: Place },
): Promise<http.Earnings> => {
  const terms = await readTerms(sources.store, place);
  const asOf = asOfPlace(terms, place);
  if (place === undefined) return { creator, asOf, millidiamonds: 0, coins: 0, gifts: 0 };
  const question = { unit: 'creators', table: 'earnings', upTo: place, terms, field: creator } as const;
  const row = await askAllTime(sources, question, (folded) => folded.row(creator));
  const [millidiamonds = 0, coins = 0, gifts = 0] = row?.amounts ?? [];
  return { creator, asOf, millidiamonds, coins, gifts };
};

export type PastBoard = {
  readonly kind: BoardKind;
  readonly window: http.BoardWindow;
  /** An instant within the window, ms since 1970. */
  readonly on: number;
  readonly place: Place;
  readonly limit: number;
};

/**
 * A board of the window that holds `on`. Of all time it is folded from the nearest dump; of an hour, day or
 * week from the last seal that is older than the window, by more than clocks are ever apart.
 * @throws HistoryError, EventStoreError; RangeError for gifters by the hour, of whom there is no board
 */
export const pastBoard = async (
  sources: Sources,
  { kind, window, on, place, limit }: PastBoard,
): Promise<http.Board> => {
  if (kind === 'gifters' && window === 'hour') throw new RangeError('gifters have no board by the hour');
  const { store, signal } = sources;
  const terms = await readTerms(store, place);
  const unit = kind === 'creators' ? 'millidiamonds' : 'coins';
  const shown = { asOf: asOfPlace(terms, place), unit } as const;
  if (place === undefined) return { ...shown, entries: [] };
  const table = `${kind === 'creators' ? 'creator' : 'gifter'}-board:${windowOf(window, on)}`;
  if (window === 'all') {
    const question = { unit: 'boards', table, upTo: place, terms } as const;
    const entries = await askAllTime(sources, question, async ({ rows }) => {
      const ranking = createRanking(limit);
      for await (const row of rows()) ranking.add(row);
      return ranking.entries();
    });
    return { ...shown, entries };
  }
  const start = windowStart(window, on);
  const sealed = await findSealedPlace(store, (seal) => seal.at < start - limits.clockMarginMs);
  const isAbout = ({ data }: { readonly data: { readonly at?: unknown } }): boolean =>
    typeof data.at !== 'number' || windowStart(window, data.at) === start;
  const fold = createFold({ unit: 'boards', tables: [table], isAbout }, terms);
  const stretch = { after: sealed?.position, upTo: place, prefixes: [prefixes.wallets], signal };
  for await (const page of walkLog(store, stretch)) for (const event of page) fold.see(event);
  return { ...shown, entries: rankingOf(fold, table, limit) };
};
