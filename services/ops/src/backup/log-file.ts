import { resolve } from 'node:path';
import { CommandError } from '../outcome.ts';

const sqlite = 'sqlite:';

/**
 * The path of the log that an address names.
 * @throws CommandError where it is kept elsewhere than in a file
 */
export const logFileOf = (eventStore: string): string => {
  if (eventStore.startsWith(sqlite)) return resolve(eventStore.slice(sqlite.length));
  throw new CommandError(
    'The log is kept in KurrentDB, which has its own backup: see docs/operations/event-store.md.',
  );
};
