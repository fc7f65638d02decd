import { Listeners } from '../listeners.ts';
import {
  type AppendResult,
  type EventStore,
  EventStoreError,
  type LogEnd,
  type LogPage,
  type LogRead,
  type Position,
  parsePosition,
  type StreamPage,
  type StreamRead,
  type StreamWrite,
} from '../port.ts';
import { checkLogRead, checkStreamRead, prepareAppend } from '../validate.ts';
import { type Address, parseAddress } from './address.ts';
import { ClientHolder } from './client-holder.ts';
import { closed, sentenceOf } from './errors.ts';
import { Gate } from './gate.ts';
import { defaults, type Limits } from './limits.ts';
import { LogReader } from './log-reader.ts';
import { proveServer } from './opening.ts';
import { RawReader } from './raw-reader.ts';
import { Sender } from './sender.ts';
import { StreamReader } from './stream-reader.ts';
import { WakeUp } from './wake-up.ts';

export type KurrentOptions = { readonly limits?: Partial<Limits> };

/**
 * Opens the log that a KurrentDB of version 26.0 or newer keeps, at an address such as
 * `kurrentdb://user:password@host:2113?tls=true`. A server that does not answer yet is waited for, not for
 * long.
 * @throws EventStoreError `invalid_input` for an address or credentials that won't do; `not_a_log` where the
 * server is too old; `unavailable` where none answers
 */
export const openKurrentStore = async (url: string, options: KurrentOptions = {}): Promise<EventStore> => {
  const limits = { ...defaults, ...options.limits };
  const store = new KurrentStore(parseAddress(url, limits), limits);
  try {
    await store.prove();
  } catch (error) {
    await store.close();
    throw error;
  }
  return store;
};

class KurrentStore implements EventStore {
  readonly #address: Address;
  readonly #limits: Limits;
  /** One client for each kind of work, so that the trouble of one is not that of the others. */
  readonly #holders: { readonly [work in 'appending' | 'reading' | 'listening']: ClientHolder };
  readonly #sender: Sender;
  readonly #raw: RawReader;
  readonly #log: LogReader;
  readonly #streams: StreamReader;
  readonly #gate: Gate;
  readonly #wakeUp: WakeUp;
  readonly #listeners = new Listeners();
  #closing: Promise<void> | undefined;

  constructor(address: Address, limits: Limits) {
    this.#address = address;
    this.#limits = limits;
    const hold = () => holdClient(address, limits);
    this.#holders = { appending: hold(), reading: hold(), listening: hold() };
    this.#sender = new Sender(this.#holders.appending, limits);
    this.#raw = new RawReader(this.#holders.reading, address, limits);
    this.#log = new LogReader(this.#raw, limits);
    this.#streams = new StreamReader(this.#raw);
    this.#gate = new Gate(limits.maxReadsInFlight, limits.maxWaitingReads);
    this.#wakeUp = new WakeUp(
      this.#holders.listening,
      limits,
      () => this.#log.head(),
      () => this.#listeners.call(),
    );
  }

  prove(): Promise<void> {
    return proveServer(this.#address, this.#holders.appending, this.#log, this.#limits);
  }

  async append(writes: readonly StreamWrite[]): Promise<AppendResult> {
    this.#refuseWhenClosed();
    const prepared = prepareAppend(writes);
    refuseCases(writes);
    return this.#sender.send(prepared);
  }

  async readStream(stream: string, read: StreamRead): Promise<StreamPage> {
    checkStreamRead(stream, read);
    return this.#read(() => this.#streams.readStream(stream, read));
  }

  async readAll(read: LogRead): Promise<LogPage> {
    checkLogRead(read);
    return this.#read(() => this.#log.readAll(read));
  }

  async head(): Promise<LogEnd | undefined> {
    return this.#read(() => this.#log.head());
  }

  async eventAt(position: Position): Promise<string | undefined> {
    const place = parsePosition(position);
    return this.#read(() => this.#log.eventAt(place));
  }

  onMore(listener: () => void): () => void {
    this.#refuseWhenClosed();
    this.#wakeUp.listen();
    return this.#listeners.add(listener);
  }

  close(): Promise<void> {
    this.#closing ??= this.#shutDown();
    return this.#closing;
  }

  async #shutDown(): Promise<void> {
    this.#listeners.clear();
    const ended = Promise.all([this.#sender.drain(), this.#wakeUp.close()]);
    this.#raw.close();
    await ended;
    await Promise.all(Object.values(this.#holders).map((holder) => holder.close()));
  }

  #read<T>(step: () => Promise<T>): Promise<T> {
    return this.#gate.pass(() => {
      this.#refuseWhenClosed();
      return step();
    });
  }

  #refuseWhenClosed(): void {
    if (this.#closing !== undefined) throw closed();
  }
}

/** The client says of an address what it does not understand, password and all, so that is not repeated. */
const holdClient = (address: Address, limits: Limits): ClientHolder => {
  try {
    return new ClientHolder(address, limits);
  } catch (error) {
    const isAboutFiles = error instanceof Error && error.message.includes('ertificate');
    const why = isAboutFiles ? `: ${sentenceOf(error)}` : '.';
    throw new EventStoreError('invalid_input', `The client can't take the address of ${address.name}${why}`);
  }
};

/** The server takes streams whose names differ in case only for one, within one call. */
const refuseCases = (writes: readonly StreamWrite[]): void => {
  if (writes.length < 2) return;
  const names = new Set(writes.map(({ stream }) => stream.toLowerCase()));
  if (names.size === writes.length) return;
  throw new EventStoreError('invalid_input', 'The streams of an append differ in more than case.');
};
