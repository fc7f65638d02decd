import { evolveLive, initialLive, liveEventTypes, prefixes, readEventOf, streams } from '@carat/domain';
import { comparePositions, type EventStore, type Position } from '@carat/event-store';
import type { AsOf, http, Ranked } from '@carat/protocol';
import { askAllTime, type Sources } from './all-time.ts';
import { createFold, type Fold } from './fold.ts';
import { createRanking, rowOf } from './rows.ts';
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

/** Of a number that was folded up to a place. */
export const asOfPlace = ({ generation }: Terms, place: Place): AsOf => ({
  generation,
  position: place ?? null,
});

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

/** The best of a table. */
export const rankingOf = (fold: Fold, table: string, limit: number): Ranked[] => {
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
