import { type EventStore, EventStoreError, type LogPage, type Position } from './port.ts';

/** The first pause after an error; each further one is twice as long, up to the last. Both vary by a half. */
const minPauseMs = 20;
const maxPauseMs = 2_000;

export type FollowOptions = {
  /** Where to go on from, exclusive; from the start of the log where it is missing. */
  readonly after?: Position | undefined;
  /** Only streams whose names begin with one of these. */
  readonly prefixes?: readonly string[];
  /** How many events of the log to look at per page, at most. */
  readonly pageEvents: number;
  /**
   * Takes a page; the next one waits for it. Pages without events come too, where the filter left all out, so
   * that `upTo` is known. A page it rejects is handed on again.
   */
  readonly onPage: (page: LogPage) => Promise<void> | void;
  /** Told of every error of a read or of `onPage`, before the pause after it. */
  readonly onError?: (error: unknown) => void;
};

export type Follower = {
  /** Everything up to here has been handed on and taken. */
  readonly position: Position | undefined;
  /** Resolves once the page at hand is taken; no other comes. */
  stop(): Promise<void>;
};

/**
 * Reads the log from a place on, and goes on as it grows, without a gap and in order: page after page, each
 * taken before the next is read. Errors are retried with growing pauses, from the last page taken; that the
 * store was closed ends it.
 */
export const follow = (store: EventStore, options: FollowOptions): Follower => {
  const { prefixes, pageEvents: limit, onPage, onError } = options;
  let position = options.after;
  let stopped = false;
  let more = false;
  let wake: (() => void) | undefined;

  /** Waits to be woken, for so long at most where a time is given. */
  const sleep = (ms?: number): Promise<void> =>
    new Promise((resolve) => {
      const timer = ms === undefined ? undefined : setTimeout(resolve, ms);
      wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });

  const stopListening = store.onMore(() => {
    more = true;
    if (failures === 0) wake?.();
  });
  let failures = 0;

  const takePage = async (): Promise<void> => {
    more = false;
    const page = await store.readAll({ after: position, limit, ...(prefixes && { prefixes }) });
    if (stopped) return;
    if (page.upTo !== position) await onPage(page);
    position = page.upTo;
    failures = 0;
    if (page.atHead && !more && !stopped) await sleep();
  };

  const run = async (): Promise<void> => {
    while (!stopped) {
      try {
        await takePage();
      } catch (error) {
        if (error instanceof EventStoreError && error.code === 'closed') return;
        failures += 1;
        onError?.(error);
        if (!stopped) await sleep(pauseMs(failures));
      }
    }
  };
  const done = run();

  return {
    get position() {
      return position;
    },
    stop: () => {
      stopped = true;
      stopListening();
      wake?.();
      return done;
    },
  };
};

const pauseMs = (failures: number): number =>
  Math.min(maxPauseMs, minPauseMs * 2 ** (failures - 1)) * (0.5 + Math.random());
