import { access } from 'node:fs/promises';
import { type EventStore, openEventStore } from '@carat/event-store';
import { describeFailure, withoutCredentials } from '@carat/service-kit';
import { limits } from './limits.ts';
import { CommandError } from './outcome.ts';

const sqlite = 'sqlite:';

/**
 * Lets something be read of the log, damaged or not, and closes it; nothing is made by looking at it.
 * @param onDamage told in a sentence of damage that shows as the log is opened
 * @throws CommandError where it cannot be opened; what `work` throws
 */
export const withLog = async <T>(
  url: string,
  work: (store: EventStore) => Promise<T>,
  onDamage: (fault: string) => void,
): Promise<T> => {
  const store = await openLog(url, onDamage);
  try {
    return await work(store);
  } finally {
    await store.close();
  }
};

/** @throws CommandError */
export const openLog = async (url: string, onDamage: (fault: string) => void): Promise<EventStore> => {
  try {
    if (url.startsWith(sqlite)) await access(url.slice(sqlite.length));
    return await openEventStore(url, {
      onDamage: ({ message }) => onDamage(message),
      maxWaitMs: limits.maxStoreWaitMs,
    });
  } catch (error) {
    const missing = (error as NodeJS.ErrnoException).code === 'ENOENT';
    const why = missing ? 'there is no such file.' : describeFailure(error);
    throw new CommandError(
      `The event store ${withoutCredentials(url)} cannot be read (CARAT_EVENT_STORE): ${why}`,
      { cause: error },
    );
  }
};
