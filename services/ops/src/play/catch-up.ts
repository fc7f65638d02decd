import { setTimeout as pause } from 'node:timers/promises';
import type { LiveNumbers } from '@carat/client';
import { comparePositions, type Position } from '@carat/event-store';
import type { AsOf, Ranked } from '@carat/protocol';
import { limits } from '../limits.ts';
import type { Api } from './api.ts';
import { topViewers, type Witness } from './witnesses.ts';

/** What was seen last, and why it was not waited for any longer, where it is not as new as it should be. */
export type Seen = { readonly witness: Witness | undefined; readonly fault?: string };

type Look = {
  readonly witness: Witness | undefined;
  readonly reached: boolean;
  /** Anything that changes while there is progress. */
  readonly mark: string;
};

/** What the api says of a live, once it has caught up with the last receipt. */
export const awaitApi = (
  api: Api,
  live: string,
  until: Position | undefined,
  signal: AbortSignal,
): Promise<Seen> =>
  awaitCaughtUp('The api', signal, async () => {
    const totals = await api.totals(live);
    const board = totals && (await api.board(live, topViewers));
    if (!totals || !board) return { witness: undefined, reached: false, mark: 'unknown' };
    return {
      witness: witnessOf(totals, board.entries),
      reached: hasReached(totals.asOf, until) && hasReached(board.asOf, until),
      mark: `${markOf(totals.asOf)} ${markOf(board.asOf)}`,
    };
  });

/**
 * What a watching socket saw last, once it is as new as the last receipt, or says what the api says: a socket
 * is told of changes, not of places in the log at which its live did not change.
 */
export const awaitSocket = (
  watching: { readonly numbers: LiveNumbers | undefined },
  until: Position | undefined,
  api: Witness | undefined,
  signal: AbortSignal,
): Promise<Seen> =>
  awaitCaughtUp("The creator's socket", signal, async () => {
    const { numbers } = watching;
    if (!numbers) return { witness: undefined, reached: false, mark: 'unknown' };
    const { asOf, totals, board } = numbers;
    const witness = witnessOf(totals, board.entries);
    return {
      witness,
      reached:
        (hasReached(asOf, until) && hasReached(board.asOf, until)) ||
        JSON.stringify(witness) === JSON.stringify(api),
      mark: `${markOf(asOf)} ${markOf(board.asOf)}`,
    };
  });

const awaitCaughtUp = async (who: string, signal: AbortSignal, look: () => Promise<Look>): Promise<Seen> => {
  let mark: string | undefined;
  let movedAt = performance.now();
  for (;;) {
    const seen = await look();
    if (seen.reached) return { witness: seen.witness };
    const now = performance.now();
    if (seen.mark !== mark) movedAt = now;
    mark = seen.mark;
    if (now - movedAt >= limits.maxStandstillMs) {
      const where = seen.witness ? `stands still as of ${mark}` : 'says no numbers';
      return {
        witness: seen.witness,
        fault: `${who} ${where}, ${limits.maxStandstillMs / 1000} s after the last receipt.`,
      };
    }
    await pause(limits.catchUpPollMs, undefined, { signal });
  }
};

const hasReached = ({ position }: AsOf, until: Position | undefined): boolean =>
  until === undefined || (position !== null && comparePositions(position as Position, until) >= 0);

const markOf = ({ generation, position }: AsOf): string => `${generation}/${position ?? 'nothing'}`;

const witnessOf = (
  totals: { senders: number; gifts: number; coins: number; millidiamonds?: number | undefined },
  entries: readonly Ranked[],
): Witness => ({
  viewers: totals.senders,
  gifts: totals.gifts,
  coins: totals.coins,
  millidiamonds: totals.millidiamonds ?? 0,
  top10: entries.slice(0, topViewers).map(({ id: viewer, score: coins }) => ({ viewer, coins })),
});
