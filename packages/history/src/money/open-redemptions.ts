import {
  type EarningsEvent,
  earningsEventTypes,
  evolveEarnings,
  initialEarnings,
  payoutKeyOf,
  prefixes,
  type Redemption,
  readEventOf,
} from '@carat/domain';
import { type EventStore, type Follower, follow, type LogPage, type Position } from '@carat/event-store';
import { limits } from '../limits.ts';

const openStatuses = ['requested', 'in_review', 'approved', 'started', 'sent'] as const;
export type OpenStatus = (typeof openStatuses)[number];

/** A redemption that waits for somebody: an operator, a call to the provider, or what the provider tells. */
export type OpenRedemption = Redemption & { readonly creator: string; readonly status: OpenStatus };

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
  onChange(listener: (redemption: Redemption & { readonly creator: string }) => void): () => void;
  stop(): Promise<void>;
};

type FollowOptions = {
  /** Told of every read that failed, before it is tried again. */
  readonly onError?: (error: unknown) => void;
  /** How many are remembered. */
  readonly maxOpen?: number;
};

type Known = Redemption & { readonly creator: string };
type Listener = (redemption: Known) => void;

const isOpen = (redemption: Known): redemption is OpenRedemption =>
  (openStatuses as readonly string[]).includes(redemption.status);

/**
 * Follows the log for all redemptions that are not at their end, and holds them: what it remembers grows with
 * them, up to `maxOpen`. It begins at the log's start, as nothing else says which there are.
 */
export const followOpenRedemptions = (
  store: EventStore,
  { onError, maxOpen = limits.maxOpenRedemptions }: FollowOptions = {},
): OpenRedemptions => {
  const open = new Map<string, OpenRedemption>();
  const listeners = new Set<Listener>();
  let overflow = 0;
  /** Before the first that found no room: from there on it is read again once there is. */
  let missedAfter: Position | undefined;
  let taken: Position | undefined;
  let caughtUp = false;
  let failure: string | undefined;
  let place: { readonly position: Position; readonly id: string } | undefined;
  let follower: Follower;
  let timer: NodeJS.Timeout | undefined;
  let stopped = false;

  const take = ({ type, data }: EarningsEvent): void => {
    if (type === 'DiamondsSettled') return;
    const { creator, redemption } = data;
    const key = payoutKeyOf(creator, redemption);
    const before = open.get(key);
    const known = { ...initialEarnings, redemptions: new Map(before && [[redemption, before]]) };
    const after = evolveEarnings(known, { type, data } as EarningsEvent).redemptions.get(redemption);
    // It was closed before, or one too many.
    if (after === undefined) return;
    const now = { ...after, creator };
    if (!isOpen(now)) open.delete(key);
    else if (before !== undefined || open.size < maxOpen) open.set(key, now);
    else if (overflow++ === 0) missedAfter = taken;
    for (const listener of listeners) listener(now);
  };

  const takePage = async ({ events, upTo, atHead }: LogPage): Promise<void> => {
    // Settled days are most of what comes here, and need no parsing.
    const read = events
      .filter(({ type }) => type !== 'DiamondsSettled')
      .map((stored) => ({ event: readEventOf(earningsEventTypes, stored), position: stored.position }));
    const id = upTo && (await store.eventAt(upTo));
    for (const { event, position } of read) {
      take(event);
      taken = position;
    }
    if (upTo !== undefined && id !== undefined) place = { position: upTo, id };
    caughtUp ||= atHead;
    failure = undefined;
  };

  const beginAfter = (after: Position | undefined): void => {
    overflow = 0;
    caughtUp = false;
    taken = after;
    place = undefined;
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

  const isSwapped = async (known: NonNullable<typeof place>): Promise<boolean> => {
    const id = await store.eventAt(known.position).catch(() => known.id);
    return id !== known.id;
  };

  /** Reads anew where the log was swapped, and on from what found no room once there is. */
  const look = async (): Promise<void> => {
    if (place === undefined) return;
    const swapped = await isSwapped(place);
    const hasRoom = overflow > 0 && open.size < maxOpen / 2;
    if ((!swapped && !hasRoom) || stopped) return;
    await follower.stop();
    if (swapped) open.clear();
    if (!stopped) beginAfter(swapped ? undefined : missedAfter);
  };
  const again = (): void => {
    timer = setTimeout(() => void look().finally(() => !stopped && again()), limits.swapLookMs);
    timer.unref();
  };
  beginAfter(undefined);
  again();

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
      return caughtUp;
    },
    get position() {
      return place?.position;
    },
    fault: () => {
      if (failure !== undefined) return `redemptions cannot be read on: ${failure}`;
      if (!caughtUp) return 'redemptions are still being read from the log';
      if (overflow === 0) return undefined;
      return `more than ${maxOpen} redemptions are open: ${overflow} came beyond that`;
    },
    onChange: (listener) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    stop: async () => {
      stopped = true;
      clearTimeout(timer);
      await follower.stop();
    },
  };
};
