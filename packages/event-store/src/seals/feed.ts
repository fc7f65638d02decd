import {
  comparePositions,
  type EventStore,
  EventStoreError,
  type Position,
  type StreamPage,
} from '../port.ts';
import type { SealCheck } from './check.ts';
import { sealsStream } from './seal.ts';

const pageSeals = 1_000;

type Options = {
  /** Seals beyond this position are not looked at. */
  readonly upTo: Position;
  /** Is told of seals that are damaged. */
  readonly onDamage: (damage: EventStoreError) => void;
};

const isDamage = (error: unknown): error is EventStoreError =>
  error instanceof EventStoreError && error.code === 'damaged';

/** Announces the seals of a log to a check, ahead of where the log is read. */
export const createSealFeed = (store: EventStore, check: SealCheck, { upTo, onDamage }: Options) => {
  let next = 0;
  let done = false;

  const announce = (page: StreamPage, limit: number): void => {
    const events = page.exists ? page.events : [];
    const within = events.filter(({ position }) => comparePositions(position, upTo) <= 0);
    for (const event of within) check.announce(event);
    next += within.length;
    done = within.length < limit;
  };

  /** Seal by seal, as a page with a damaged one is refused whole. */
  const passDamage = async (): Promise<void> => {
    for (let lost = 0; lost < pageSeals; ) {
      try {
        const from = next + lost;
        const page = await store.readStream(sealsStream, { from, limit: 1 });
        for (; lost > 0; lost--, next++) check.announceLost();
        return announce(page, 1);
      } catch (error) {
        if (!isDamage(error)) throw error;
        onDamage(error);
        lost += 1;
      }
    }
    // Where not one of so many can be read, the stream itself is lost.
    done = true;
  };

  return {
    /** Sees to it that so many are announced whose last events lie ahead, or all there are. */
    refill: async (lookahead: number): Promise<void> => {
      while (!done && check.ahead < lookahead) {
        const limit = Math.min(lookahead - check.ahead, pageSeals);
        try {
          announce(await store.readStream(sealsStream, { from: next, limit }), limit);
        } catch (error) {
          if (!isDamage(error)) throw error;
          await passDamage();
        }
      }
    },
  };
};
