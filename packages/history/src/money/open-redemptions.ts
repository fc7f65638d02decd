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

type Known = Redemption & { readonly creator: string };
type Listener = (redemption: Known) => void;

const isOpen = (redemption: Known): redemption is OpenRedemption =>
  (openStatuses as readonly string[]).includes(redemption.status);

/**
 * Follows the log for all redemptions that are not at their end, and holds them: what it remembers grows with
 * them, up to `maxOpenRedemptions`. It begins at the log's start, as nothing else says which there are.
 */
export const followOpenRedemptions = (
  store: EventStore,
  { onError }: { readonly onError?: (error: unknown) => void } = {},
): OpenRedemptions => {
  const open = new Map<string, OpenRedemption>();
  const listeners = new Set<Listener>();
  let overflow = 0;
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
    else if (before !== undefined || open.size < limits.maxOpenRedemptions) open.set(key, now);
    else overflow += 1;
    for (const listener of listeners) listener(now);
  };

  const takePage = async ({ events, upTo, atHead }: LogPage): Promise<void> => {
    // Settled days are most of what comes here, and need no parsing.
    const read = events
      .filter(({ type }) => type !== 'DiamondsSettled')
      .map((event) => readEventOf(earningsEventTypes, event));
    const id = upTo && (await store.eventAt(upTo));
    for (const event of read) take(event);
    if (upTo !== undefined && id !== undefined) place = { position: upTo, id };
    caughtUp ||= atHead;
    failure = undefined;
  };

  const begin = (): void => {
    open.clear();
    overflow = 0;
    caughtUp = false;
    place = undefined;
    follower = follow(store, {
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
    return id !== known.id && place === known;
  };

  /** All is read anew where the log was swapped, or where there is room again for what found none. */
  const look = async (): Promise<void> => {
    const hasRoom = overflow > 0 && open.size < limits.maxOpenRedemptions / 2;
    if (place === undefined || !(hasRoom || (await isSwapped(place))) || stopped) return;
    await follower.stop();
    if (!stopped) begin();
  };
  const again = (): void => {
    timer = setTimeout(() => void look().finally(() => !stopped && again()), limits.swapLookMs);
    timer.unref();
  };
  begin();
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
      return `more than ${limits.maxOpenRedemptions} redemptions are open: ${overflow} came beyond that`;
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
