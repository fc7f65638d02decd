import { earningsEventTypes, payoutKeyOf, prefixes, readEventOf } from '@carat/domain';
import { type EventStore, type Follower, follow, type LogPage, type Position } from '@carat/event-store';
import { limits } from '../limits.ts';
import { createOpenSet, type KnownRedemption, type OpenRedemption, type OpenStatus } from './open-set.ts';

export type OpenRedemptions = {
  /** As the log was last read, oldest request first; those of one status, or all. */
  list(status?: OpenStatus): OpenRedemption[];
  get(creator: string, redemption: string): OpenRedemption | undefined;
  readonly size: number;
  /** Whether the log was read to its end since the start, or since it was swapped. */
  readonly caughtUp: boolean;
  /** As of which place; undefined before anything was read. */
  readonly position: Position | undefined;
  /** Why it does not know all: one sentence; undefined where it does. For `health.add`. */
  fault(): string | undefined;
  /**
   * Called with each redemption that was opened or moved on, and with those that were closed as they last
   * were. @returns how to stop listening
   */
  onChange(listener: (redemption: KnownRedemption) => void): () => void;
  stop(): Promise<void>;
};

type FollowOptions = {
  /** Told of every read that failed, before it is tried again. */
  readonly onError?: (error: unknown) => void;
  /** How many are remembered. */
  readonly maxOpen?: number;
};

type Place = { readonly position: Position; readonly id: string };

/**
 * Follows the log for all redemptions that are not at their end, and holds them: what it remembers grows with
 * them, up to `maxOpen`. It begins at the log's start, as nothing else says which there are.
 */
export const followOpenRedemptions = (
  store: EventStore,
  { onError, maxOpen = limits.maxOpenRedemptions }: FollowOptions = {},
): OpenRedemptions => {
  const set = createOpenSet(maxOpen);
  const reading = startReading(store, set, onError);
  const { open, listeners } = set;

  return {
    list: (status) => {
      const all = [...open.values()].filter((each) => status === undefined || each.status === status);
      return all.sort((a, b) => a.requestedAt - b.requestedAt);
    },
    get: (creator, redemption) => open.get(payoutKeyOf(creator, redemption)),
    get size() {
      return open.size;
    },
    get caughtUp() {
      return reading.caughtUp;
    },
    get position() {
      return reading.position;
    },
    fault: () => {
      const { failure, caughtUp } = reading;
      if (failure !== undefined) return `redemptions cannot be read on: ${failure}`;
      if (!caughtUp) return 'redemptions are still being read from the log';
      if (set.missed === 0) return undefined;
      return `more than ${maxOpen} redemptions are open: ${set.missed} came beyond that`;
    },
    onChange: (listener) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    stop: reading.stop,
  };
};

/** Reads the log into the set, for as long as it runs; anew where the log is swapped under it. */
const startReading = (
  store: EventStore,
  set: ReturnType<typeof createOpenSet>,
  onError: FollowOptions['onError'],
) => {
  let caughtUp = false;
  let failure: string | undefined;
  let place: Place | undefined;
  let follower: Follower;
  let timer: NodeJS.Timeout | undefined;
  let stopped = false;

  const takePage = async ({ events, upTo, atHead }: LogPage): Promise<void> => {
    // Settled days are most of what comes here, and need no parsing.
    const read = events
      .filter(({ type }) => type !== 'DiamondsSettled')
      .map((stored) => ({ event: readEventOf(earningsEventTypes, stored), position: stored.position }));
    const id = upTo && (await store.eventAt(upTo));
    for (const { event, position } of read) set.take(event, position);
    if (upTo !== undefined && id !== undefined) place = { position: upTo, id };
    caughtUp ||= atHead;
    failure = undefined;
  };

  const beginAfter = (after: Position | undefined): void => {
    caughtUp = false;
    place = undefined;
    set.goOnAfter(after);
    follower = follow(store, {
      after,
      prefixes: [prefixes.earnings],
      pageEvents: limits.followPageEvents,
      onPage: takePage,
      onError: (error) => {
        failure = error instanceof Error ? error.message : String(error);
        onError?.(error);
      },
    });
  };

  /** Reads anew where the log was swapped, and again from what found no room once there is some. */
  const look = async (): Promise<void> => {
    const known = place;
    if (known === undefined) return;
    const isSwapped = (await store.eventAt(known.position).catch(() => known.id)) !== known.id;
    const again = isSwapped ? { after: undefined } : set.missedAfter;
    if (again === undefined || stopped) return;
    await follower.stop();
    if (isSwapped) set.open.clear();
    if (!stopped) beginAfter(again.after);
  };
  const lookAgain = (): void => {
    timer = setTimeout(() => void look().finally(() => !stopped && lookAgain()), limits.swapLookMs);
    timer.unref();
  };
  beginAfter(undefined);
  lookAgain();

  return {
    get caughtUp() {
      return caughtUp;
    },
    get failure() {
      return failure;
    },
    get position() {
      return place?.position;
    },
    stop: async (): Promise<void> => {
      stopped = true;
      clearTimeout(timer);
      await follower.stop();
    },
  };
};
