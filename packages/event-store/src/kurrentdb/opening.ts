import { setTimeout as pause } from 'node:timers/promises';
import { UnsupportedError } from '@kurrent/kurrentdb-client';
import { EventStoreError } from '../port.ts';
import type { Address } from './address.ts';
import { isDenied, isKnownCall } from './answers.ts';
import type { Client, ClientHolder } from './client-holder.ts';
import { sentenceOf } from './errors.ts';
import type { Limits } from './limits.ts';
import type { LogReader } from './log-reader.ts';

/** The client knows which version it speaks to, and keeps it to itself. */
type Informed = { readonly capabilities: Promise<{ readonly serverVersion: string }> };

/**
 * Waits for the server, and makes sure of it: that it takes appends to several streams in one call, and lets
 * us read.
 * @throws EventStoreError `not_a_log`, `invalid_input`, `unavailable`
 */
export const proveServer = async (
  { name }: Address,
  holder: ClientHolder,
  log: LogReader,
  { openMs, readMs, minResendPauseMs, maxResendPauseMs }: Limits,
): Promise<void> => {
  const deadline = performance.now() + openMs;
  for (let pauseMs = minResendPauseMs; ; pauseMs = Math.min(2 * pauseMs, maxResendPauseMs)) {
    const { client } = holder;
    try {
      const ms = Math.min(readMs, Math.ceil(deadline - performance.now()));
      await within(ms, proveCall(client, name));
      await within(ms, log.head());
      return;
    } catch (error) {
      if (error instanceof EventStoreError && error.code !== 'unavailable') throw error;
      if (isDenied(error) || isDenied(causeOf(error))) throw denied(name, error);
      if (performance.now() + pauseMs >= deadline) throw noAnswer(name, error);
      holder.replace(client);
      await pause(pauseMs);
    }
  }
};

/** The version that a server says it has. @throws what the client does */
export const readVersion = async (client: Client): Promise<string> =>
  (await (client as unknown as Informed).capabilities).serverVersion;

/** A call without anything to append is refused as invalid by a server that knows it. */
const proveCall = async (client: Client, name: string): Promise<void> => {
  try {
    await client.appendRecords([]);
  } catch (error) {
    if (isKnownCall(error)) return;
    if (!(error instanceof UnsupportedError)) throw error;
    throw new EventStoreError(
      'not_a_log',
      `KurrentDB ${await readVersion(client)} at ${name} lacks appendRecords, which came with 26.0: ` +
        'use a server of that version or a newer one.',
      { cause: error },
    );
  }
};

/** The client knows no time limit for asking what a server is able to, and a read's is that of any read. */
const within = async (ms: number, work: Promise<unknown>): Promise<void> => {
  const { promise: tooLate, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new Error(`no answer came within ${ms} ms`)), ms);
  try {
    await Promise.race([work, tooLate]);
  } finally {
    clearTimeout(timer);
  }
};

/** What the client says of it is in the words of its protocol. */
const noAnswer = (name: string, cause: unknown): EventStoreError =>
  new EventStoreError(
    'unavailable',
    `No KurrentDB answers at ${name}: is it running, and does the address say tls=false where it has no TLS?`,
    { cause },
  );

const causeOf = (error: unknown): unknown => (error instanceof Error ? error.cause : undefined);

const denied = (name: string, error: unknown): EventStoreError =>
  new EventStoreError(
    'invalid_input',
    `KurrentDB at ${name} refuses the credentials, which must be good for all streams: ${sentenceOf(error)}`,
    { cause: error },
  );
