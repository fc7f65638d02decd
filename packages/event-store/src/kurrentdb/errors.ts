import { EventStoreError } from '../port.ts';

/** Of a server that is gone, one half of the client has no words, and the other those of its protocol. */
const isGone = (error: unknown): boolean =>
  error instanceof Error &&
  (error.name === 'UnavailableError' || error.message.includes('No connection established'));

/** An error's message as one sentence. */
export const sentenceOf = (error: unknown): string => {
  if (isGone(error)) return 'nothing answers there.';
  const message = error instanceof Error ? error.message : String(error);
  return `${message.replaceAll(/\s+/g, ' ').trim().replace(/\.+$/, '')}.`;
};

export const away = (what: string, cause: unknown): EventStoreError =>
  new EventStoreError('unavailable', `${what}: ${sentenceOf(cause)}`, { cause });

export const closed = (): EventStoreError => new EventStoreError('closed', 'The event store is closed.');
