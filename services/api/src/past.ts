import type { EventStore } from '@carat/event-store';
import {
  type DumpStore,
  type PastBoard,
  type PastDefinedBoard,
  pastBoard,
  pastDefinedBoard,
  pastEarnings,
  pastLive,
  pastWallet,
  type Resolved,
  readSettledGifts,
  resolveMoment,
  type SettledGiftsAsked,
  type SettledGiftsPage,
  type Sources,
} from '@carat/history';
import { type http, isRefusal, type Refusal, refuse } from '@carat/protocol';
import type { Identity } from '@carat/service-kit';
import { isStaff } from './access.ts';
import { limits } from './limits.ts';

/** Whether somebody may see numbers as they were: the platform, and a creator what is its own. */
export const mayLookBack = (identity: Identity, creator?: string): boolean =>
  isStaff(identity) || (identity.sub === creator && identity.roles.includes('creator'));

type Asked<Board> = Omit<Board, 'place' | 'on'> & { readonly on: number | undefined };
type Board = Asked<PastBoard>;
type DefinedBoard = Asked<PastDefinedBoard>;

const instantOf = (at: http.Moment, { at: then }: Resolved): number =>
  'instant' in at ? at.instant : (then ?? 0);

/**
 * Numbers as they were at a moment, folded from the log; they need no read models. Each refuses with
 * `overloaded` where too many are being folded, or it takes longer than anybody would wait.
 */
export const createPast = (
  store: EventStore,
  dumps: DumpStore | undefined,
  maxMs: number = limits.maxLookBackMs,
) => {
  let running = 0;

  const fold = async <T>(read: (signal: AbortSignal) => Promise<T>): Promise<T | Refusal> => {
    if (running >= limits.maxLooksBack) return tooMany();
    running += 1;
    const signal = AbortSignal.timeout(maxMs);
    try {
      return await read(signal);
    } catch (error) {
      if (signal.aborted && error === signal.reason) return tooLong();
      throw error;
    } finally {
      running -= 1;
    }
  };

  const look = <T>(
    at: http.Moment,
    read: (sources: Sources, place: Resolved) => Promise<T>,
  ): Promise<T | Refusal> =>
    fold(async (signal) => read({ store, dumps, signal }, await resolveMoment(store, at, signal)));

  const live = (live: string, limit: number, at: http.Moment) =>
    look(at, async (sources, { position: place }) => {
      return (await pastLive(sources, { live, place, limit })) ?? refuse('live_unknown');
    });

  return {
    totals: async (id: string, at: http.Moment): Promise<http.Totals | Refusal> => {
      const found = await live(id, 1, at);
      if (isRefusal(found)) return found;
      const { creator: _, top: __, ...totals } = found;
      return totals;
    },
    liveBoard: async (id: string, limit: number, at: http.Moment): Promise<http.Board | Refusal> => {
      const found = await live(id, limit, at);
      return isRefusal(found) ? found : { asOf: found.asOf, unit: 'coins', entries: found.top };
    },
    earnings: (creator: string, at: http.Moment): Promise<http.Earnings | Refusal> =>
      look(at, (sources, { position: place }) => pastEarnings(sources, { creator, place })),
    /** Of the window that holds `on`, or else the moment itself. */
    board: (board: Board, at: http.Moment): Promise<http.Board | Refusal> =>
      look(at, (sources, place) =>
        pastBoard(sources, { ...board, on: board.on ?? instantOf(at, place), place: place.position }),
      ),
    /** Likewise, one that an operator defined. */
    definedBoard: (board: DefinedBoard, at: http.Moment): Promise<http.Board | Refusal> =>
      look(at, (sources, place) =>
        pastDefinedBoard(sources, { ...board, on: board.on ?? instantOf(at, place), place: place.position }),
      ),
    wallet: (viewer: string, at: http.Moment): Promise<http.Wallet | Refusal> =>
      look(at, (_, { position }) => pastWallet(store, viewer, position)),
    /** The bookings behind a creator's settled day. Refused with `not_found` where it was not closed. */
    settledGifts: (asked: SettledGiftsAsked): Promise<SettledGiftsPage | Refusal> =>
      fold(async (signal) => (await readSettledGifts(store, asked, signal)) ?? refuse('not_found')),
  };
};

export type Past = ReturnType<typeof createPast>;

const { retryAfterMs } = limits;

const tooMany = (): Refusal =>
  refuse('overloaded', {
    message: 'As many numbers of the past are being folded as may be. Ask again after `retryAfterMs`.',
    retryAfterMs,
  });

const tooLong = (): Refusal =>
  refuse('overloaded', {
    message: 'Folding the log up to there takes too long for a request: the `carat` command tells it.',
    retryAfterMs,
  });
