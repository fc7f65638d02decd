import { EventStoreError } from '../port.ts';

/** An error's message as one sentence. */
export const sentenceOf = (error: unknown): string => {
  const message = error instanceof Error ? error.message : String(error);
  return `${message.replaceAll(/\s+/g, ' ').trim().replace(/\.+$/, '')}.`;
};

export const away = (what: string, cause: unknown): EventStoreError =>
  new EventStoreError('unavailable', `${what}: ${sentenceOf(cause)}`, { cause });

export const closed = (): EventStoreError => new EventStoreError('closed', 'The event store is closed.');
