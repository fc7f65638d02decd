import { setTimeout as pause } from 'node:timers/promises';
import type { EventStore, Position } from '@carat/event-store';
import { unitOfBoard } from '@carat/protocol';
import { activeGeneration, type RedisClient, readCheckpoint } from '@carat/read-models';
import { reckon } from '../copy/progress.ts';
import { limits } from '../limits.ts';
import { type CommandContext, CommandError } from '../outcome.ts';

/** How far a board's numbers are. */
export type Filling =
  /** No projector has taken it up. */
  | { readonly stands: 'waiting' }
  /** `share`: of the log, from 0 to 1. */
  | { readonly stands: 'filling'; readonly position: string | null; readonly share: number }
  | { readonly stands: 'filled'; readonly position: string | null };

/** @throws EventStoreError, and what Redis throws where it is away */
export const lookAtFilling = async (
  store: EventStore,
  redis: RedisClient,
  board: string,
): Promise<Filling> => {
  const unit = unitOfBoard(board);
  const active = await activeGeneration(redis);
  const checkpoint = active?.units.includes(unit) && (await readCheckpoint(redis, active.generation, unit));
  if (!checkpoint) return { stands: 'waiting' };
  const { torn, complete } = checkpoint;
  if (complete && !torn) return { stands: 'filled', position: checkpoint.position };
  // While it is filled it is in the middle of a change now and then; one that was filled begins anew.
  const position = complete ? null : checkpoint.position;
  const at = { events: 0, position: (position ?? undefined) as Position | undefined };
  const head = (await store.head())?.position;
  return {
    stands: 'filling',
    position,
    share: reckon({ events: 0, position: undefined }, at, head, 0).share,
  };
};

export const describeFilling = (filling: Filling): string => {
  switch (filling.stands) {
    case 'waiting':
      return 'no projector has taken it up yet';
    case 'filling':
      return `being filled from the log, ${Math.floor(filling.share * 100)} %`;
    case 'filled':
      return filling.position === null ? 'filled' : `filled as of position ${filling.position}`;
  }
};

/**
 * Waits until a board is filled, and says how far it is from time to time. The work is a projector's: ending
 * this ends nothing of it.
 * @throws CommandError where nobody is at work on it
 */
export const awaitFilled = async (
  store: EventStore,
  redis: RedisClient,
  board: string,
  { say, signal }: CommandContext,
): Promise<Filling> => {
  let [seen, movedAt, saidAt] = ['', performance.now(), performance.now()];
  for (;;) {
    signal.throwIfAborted();
    const filling = await lookAtFilling(store, redis, board);
    if (filling.stands === 'filled') return filling;
    const now = performance.now();
    const stands = JSON.stringify(filling);
    if (stands !== seen) [seen, movedAt] = [stands, now];
    if (now - movedAt > limits.maxRebuildSilenceMs) {
      throw new CommandError('No projector of this version is at work on it: it is filled once one is.');
    }
    if (now - saidAt > limits.fillLineMs) {
      saidAt = now;
      say(`${board}: ${describeFilling(filling)}`);
    }
    await pause(limits.rebuildPollMs, undefined, { signal });
  }
};
