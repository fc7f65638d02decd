import { access, realpath } from 'node:fs/promises';
import { resolve } from 'node:path';
import { type EventStore, type EventStoreError, type OpenOptions, openEventStore } from '@carat/event-store';
import { describeFailure, withoutCredentials } from '@carat/service-kit';
import { limits } from '../limits.ts';
import { CommandError } from '../outcome.ts';

const sqlite = 'sqlite:';

export type Both = {
  readonly source: EventStore;
  readonly target: EventStore;
  /** What showed of the source as it was opened. */
  readonly damage: string | undefined;
};

/**
 * Opens both stores, a damaged source too. Nothing is made in the place of a source that is not there; a
 * target is made.
 * @throws CommandError
 */
export const openBoth = async (from: string, to: string): Promise<Both> => {
  await proveThere(from);
  if ((await identify(from)) === (await identify(to))) {
    throw new CommandError(`${withoutCredentials(to)} is the log to copy from: name another one with --to.`);
  }
  let damage: string | undefined;
  const onDamage = ({ message }: EventStoreError): void => {
    damage ??= message;
  };
  const source = await open(from, 'source', { onDamage });
  try {
    return { source, target: await open(to, 'target'), damage };
  } catch (error) {
    await source.close();
    throw error;
  }
};

const open = async (address: string, role: string, options: OpenOptions = {}): Promise<EventStore> => {
  try {
    return await openEventStore(address, { ...options, maxWaitMs: limits.maxStoreWaitMs });
  } catch (error) {
    throw new CommandError(
      `The ${role} ${withoutCredentials(address)} cannot be opened: ${describeFailure(error)}`,
      { cause: error },
    );
  }
};

const proveThere = async (address: string): Promise<void> => {
  if (!address.startsWith(sqlite)) return;
  try {
    await access(address.slice(sqlite.length));
  } catch {
    throw new CommandError(`The source ${address} cannot be opened: there is no such file.`);
  }
};

/** The same text for the same store, as far as an address tells. */
const identify = async (address: string): Promise<string> => {
  if (!address.startsWith(sqlite)) return address;
  const path = resolve(address.slice(sqlite.length));
  return sqlite + (await realpath(path).catch(() => path));
};
