import { type EventStore, EventStoreError } from '../port.ts';

/** A connection, and what ends it for its caller as the death of its process would. */
export type Mortal = { readonly store: EventStore; die(): void };

const dead = (code: 'unavailable' | 'outcome_unknown'): never => {
  throw new EventStoreError(code, 'The process that had the event store open has died.');
};

/**
 * Lets a connection die: whatever it has not answered by then, it never answers, and whatever comes later
 * does not reach it.
 */
export const asMortal = (living: EventStore): Mortal => {
  let isDead = false;

  const ask = async <T>(question: () => Promise<T>, left: 'unavailable' | 'outcome_unknown'): Promise<T> => {
    if (isDead) return dead('unavailable');
    const [answer] = await Promise.allSettled([question()]);
    if (isDead) return dead(left);
    if (answer.status === 'rejected') throw answer.reason;
    return answer.value;
  };

  return {
    store: {
      append: (writes) => ask(() => living.append(writes), 'outcome_unknown'),
      readStream: (stream, read) => ask(() => living.readStream(stream, read), 'unavailable'),
      readAll: (read) => ask(() => living.readAll(read), 'unavailable'),
      head: () => ask(() => living.head(), 'unavailable'),
      eventAt: (position) => ask(() => living.eventAt(position), 'unavailable'),
      onMore: (listener) => living.onMore(listener),
      close: () => living.close(),
    },
    die: () => {
      isDead = true;
    },
  };
};
