import { EventStoreError } from '../port.ts';
import type { Address } from './address.ts';
import { isDenied } from './answers.ts';
import { type Client, type ClientHolder, connect } from './client-holder.ts';
import { Cursor } from './cursor.ts';
import { away, closed } from './errors.ts';
import type { Limits } from './limits.ts';
import type { RawEvent } from './records.ts';
import { deletedStream } from './verdicts.ts';

type Direction = 'forwards' | 'backwards';

export type LogRange = {
  readonly direction: Direction;
  /** Forwards from it, inclusive; backwards from before it. */
  readonly from: bigint | 'start' | 'end';
  readonly count: number;
  /** Of streams' names. Where it is missing, all that is not the server's own. */
  readonly prefixes?: readonly string[] | undefined;
};

export type StreamRange = {
  readonly direction: Direction;
  /** Inclusive. */
  readonly from: number | 'end';
  readonly count: number;
};

/** What was read, and whether more was asked for than is there. */
export type RawPage = { readonly events: readonly RawEvent[]; readonly isEnd: boolean };

type Collected = RawPage & { readonly isCut: boolean };

type Rust = Client['rustClient'];
type Batches = ReturnType<Rust['readAll']>;
type Batch = Batches extends AsyncIterable<infer B> ? B : never;

/** Every stream of the server itself has a name that begins with a "$". */
const notOfTheServer = { filterOn: 'streamName', regex: '^[^$]' } as const;

/**
 * Reads with the client's fast half, in its own batches: no promise per event, and the bytes are known. That
 * half knows no time limits, so they are kept here.
 */
export class RawReader {
  readonly #holder: ClientHolder;
  readonly #address: Address;
  readonly #limits: Limits;
  /** Clients of cursors that came to their end. */
  readonly #spare: Client[] = [];
  /** Ends each read that is under way. */
  readonly #giveUps = new Set<(error: Error) => void>();

  constructor(holder: ClientHolder, address: Address, limits: Limits) {
    this.#holder = holder;
    this.#address = address;
    this.#limits = limits;
  }

  /** Every read that is under way is given up. */
  close(): void {
    for (const giveUp of this.#giveUps) giveUp(closed());
  }

  /** Reads until the bytes of data are enough. @throws EventStoreError `unavailable` */
  async readAll(range: LogRange, maxBytes = Number.POSITIVE_INFINITY): Promise<RawPage> {
    const isScan = range.prefixes !== undefined;
    const page = await this.#read((rust) => this.#openAll(rust, range), range.count, maxBytes, isScan);
    return page ?? { events: [], isEnd: true };
  }

  /**
   * A read to take page after page from, which begins after a place. What it throws says no more than that it
   * came to nothing. It has a connection of its own: events that wait to be taken would hold up other reads.
   */
  openCursor(range: LogRange): Cursor {
    const client = this.#spare.pop() ?? connect(this.#address);
    const batches = this.#openAll(client.rustClient, range)[Symbol.asyncIterator]();
    return new Cursor(async () => {
      const { done, value } = await this.#bound(batches.next(), range.prefixes !== undefined);
      if (!done) return toEvents(value).filter(({ position }) => position?.commit !== range.from);
      this.#spare.push(client);
      return undefined;
    });
  }

  /**
   * @returns undefined where there is no such stream
   * @throws EventStoreError `unavailable`; `damaged` where the stream was deleted
   */
  async readStream(stream: string, { direction, from, count }: StreamRange): Promise<RawPage | undefined> {
    const fromRevision = from === 'end' ? from : BigInt(from);
    const options = { ...this.#options(direction, count), fromRevision };
    try {
      return await this.#read((rust) => rust.readStream(stream, options), count);
    } catch (error) {
      if (nameOf(error) === 'StreamDeletedError') throw deletedStream(stream);
      throw error;
    }
  }

  #openAll(rust: Rust, { direction, from, count, prefixes }: LogRange): Batches {
    return rust.readAll({
      ...this.#options(direction, count),
      fromPosition: typeof from === 'bigint' ? { commit: from, prepare: from } : from,
      filter: prefixes === undefined ? notOfTheServer : { filterOn: 'streamName', prefixes: [...prefixes] },
    });
  }

  /** A server that no longer leads may not know what an append has answered: it is to refuse. */
  #options(direction: Direction, count: number) {
    const { credentials } = this.#address;
    return {
      direction,
      maxCount: BigInt(count),
      requiresLeader: true,
      resolvesLink: false,
      ...(credentials && { credentials }),
    };
  }

  async #read(
    open: (rust: Rust) => Batches,
    count: number,
    maxBytes = Number.POSITIVE_INFINITY,
    isScan = false,
  ): Promise<RawPage | undefined> {
    for (let isRetry = false; ; isRetry = true) {
      const { client } = this.#holder;
      try {
        const page = await this.#bound(collect(open(client.rustClient), count, maxBytes), isScan);
        this.#holder.praise(client);
        // What is left of it would hold up the other reads of the connection.
        if (page.isCut) this.#holder.discard(client);
        return page;
      } catch (error) {
        const name = nameOf(error);
        if (name === 'StreamNotFoundError') return undefined;
        if (name === 'StreamDeletedError') throw error;
        if (isDenied(error)) throw away('The server refuses the credentials', error);
        const hasAnother = this.#holder.replace(client);
        if (error instanceof EventStoreError) throw error;
        if (isRetry || !hasAnother) throw away(`${this.#address.name} can't be read`, error);
      }
    }
  }

  /**
   * A read that is silent for too long is given up, but for one with a filter while the server answers
   * others: it may be looking past what the filter leaves out.
   */
  async #bound<T>(work: Promise<T>, isScan: boolean): Promise<T> {
    const { readMs, maxScanMs } = this.#limits;
    const { promise: tooLate, reject: giveUp } = Promise.withResolvers<never>();
    const since = performance.now();
    const look = () => {
      if (!isScan || performance.now() - since >= maxScanMs) {
        const silence = new Error(`no answer came within ${isScan ? maxScanMs : readMs} ms`);
        return giveUp(away(`${this.#address.name} can't be read`, silence));
      }
      const head = this.readAll({ direction: 'backwards', from: 'end', count: 1 });
      head.then(() => {
        if (this.#giveUps.has(giveUp)) timer = setTimeout(look, readMs);
      }, giveUp);
    };
    let timer = setTimeout(look, readMs);
    this.#giveUps.add(giveUp);
    try {
      return await Promise.race([work, tooLate]);
    } finally {
      this.#giveUps.delete(giveUp);
      clearTimeout(timer);
    }
  }
}

const nameOf = (error: unknown): string => (error instanceof Error ? error.name : '');

const toEvents = (batch: Batch): RawEvent[] => batch.flatMap(({ event }) => (event ? [event] : []));

const collect = async (batches: Batches, count: number, maxBytes: number): Promise<Collected> => {
  const events: RawEvent[] = [];
  let bytes = 0;
  for await (const batch of batches) {
    for (const event of toEvents(batch)) {
      bytes += event.data.byteLength;
      events.push(event);
    }
    if (bytes > maxBytes) return { events, isEnd: false, isCut: true };
  }
  return { events, isEnd: events.length < count, isCut: false };
};
