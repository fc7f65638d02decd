import { type BoardDefinition, prefixes, scoresOf, type Unit } from '@carat/domain';
import { comparePositions, type EventStore, type Position, type StoredEvent } from '@carat/event-store';
import { rankingTable, windowOf } from '@carat/projections';
import { type http, type Ranked, unitOfBoard, windowEnd, windowStart } from '@carat/protocol';
import { askAllTime, type Sources } from './all-time.ts';
import { createFold } from './fold.ts';
import { limits } from './limits.ts';
import { asOfPlace, findPastLive, type Place, rankingOf } from './numbers.ts';
import { createRanking } from './rows.ts';
import { findSealAfter, findSealedPlace } from './seals.ts';
import { readTerms, type Terms } from './terms.ts';
import { walkLog } from './walk.ts';

export type BoardKind = 'creators' | 'gifters';

type Asked = {
  /** An instant within the window, ms since 1970. */
  readonly on: number;
  readonly place: Place;
  readonly limit: number;
};
export type PastBoard = Asked & { readonly kind: BoardKind; readonly window: http.BoardWindow };
export type PastDefinedBoard = Asked & { readonly definition: BoardDefinition };

/** A table of ranks, and which bookings can be in it. */
type Ranking = {
  readonly unit: Unit;
  readonly board?: BoardDefinition;
  readonly table: string;
  readonly scores: http.Board['unit'];
  /** From this instant on, and before that one, ms since 1970. */
  readonly from: number;
  readonly to: number;
  /** In these lives; empty: in all. */
  readonly lives: readonly string[];
};

/**
 * A board of the window that holds `on`. Of all time it is folded from the nearest dump; of an hour, day or
 * week from the last seal that is older than the window to the first that is younger, by more than clocks are
 * ever apart.
 * @throws HistoryError, EventStoreError; RangeError for gifters by the hour, of whom there is no board
 */
export const pastBoard = async (
  sources: Sources,
  { kind, window, on, ...asked }: PastBoard,
): Promise<http.Board> => {
  if (kind === 'gifters' && window === 'hour') throw new RangeError('gifters have no board by the hour');
  const ranking = {
    unit: 'boards',
    table: `${kind === 'creators' ? 'creator' : 'gifter'}-board:${windowOf(window, on)}`,
    scores: kind === 'creators' ? 'millidiamonds' : 'coins',
    from: windowStart(window, on),
    to: windowEnd(window, on),
    lives: [],
  } as const;
  return foldBoard(sources, ranking, asked);
};

/**
 * A board that an operator defined, likewise, whether it was defined by then or not. Where its definition
 * names instants or lives, no more of the log is read than they allow.
 * @throws HistoryError, EventStoreError
 */
export const pastDefinedBoard = async (
  sources: Sources,
  { definition, on, ...asked }: PastDefinedBoard,
): Promise<http.Board> => {
  const { board, window, lives, from, to } = definition;
  const ranking = {
    unit: unitOfBoard(board),
    board: definition,
    table: `${rankingTable}:${windowOf(window, on)}`,
    scores: scoresOf(definition),
    from: Math.max(windowStart(window, on), from ?? 0),
    to: Math.min(windowEnd(window, on), to ?? Number.POSITIVE_INFINITY),
    lives,
  } as const;
  return foldBoard(sources, ranking, asked);
};

const foldBoard = async (
  sources: Sources,
  ranking: Ranking,
  { place, limit }: Omit<Asked, 'on'>,
): Promise<http.Board> => {
  const terms = await readTerms(sources.store, place);
  const stretch = place && (await findStretch(sources.store, ranking, place));
  const entries = stretch ? await foldStretch(sources, ranking, stretch, terms, limit) : [];
  return { asOf: asOfPlace(terms, place), unit: ranking.scores, entries };
};

type Stretch = { readonly after: Position | undefined; readonly upTo: Position };

/** In which part of the log up to a place all bookings lie that can count; undefined where none can. */
const findStretch = async (
  store: EventStore,
  { from, to, lives }: Ranking,
  place: Position,
): Promise<Stretch | undefined> => {
  const { clockMarginMs } = limits;
  const found = await Promise.all(lives.map((live) => findPastLive(store, live, place)));
  const [begins] = found.flatMap((live) => (live ? [live.begins] : [])).sort(comparePositions);
  if (lives.length > 0 && begins === undefined) return undefined;
  const sealed =
    from > 0 ? await findSealedPlace(store, (seal) => seal.at < from - clockMarginMs) : undefined;
  const beyond = Number.isFinite(to) ? await findSealAfter(store, to + clockMarginMs) : undefined;
  const [after] = [begins, sealed?.position]
    .filter((position) => position !== undefined)
    .sort((a, b) => comparePositions(b, a));
  return { after, upTo: beyond && comparePositions(beyond, place) < 0 ? beyond : place };
};

const foldStretch = async (
  sources: Sources,
  { unit, board, table, from, to, lives }: Ranking,
  { after, upTo }: Stretch,
  terms: Terms,
  limit: number,
): Promise<Ranked[]> => {
  if (from <= 0 && lives.length === 0) {
    return askAllTime(sources, { unit, board, table, upTo, terms }, async ({ rows }) => {
      const ranking = createRanking(limit);
      for await (const row of rows()) ranking.add(row);
      return ranking.entries();
    });
  }
  const among = new Set<unknown>(lives);
  const isAbout = ({ data: { at, live } }: StoredEvent): boolean =>
    (typeof at !== 'number' || (from <= at && at < to)) && (among.size === 0 || among.has(live));
  const fold = createFold({ unit, board, tables: [table], isAbout }, terms);
  const { store, signal } = sources;
  const pages = walkLog(store, { after, upTo, prefixes: [prefixes.wallets], signal });
  for await (const page of pages) for (const event of page) fold.see(event);
  return rankingOf(fold, table, limit);
};
