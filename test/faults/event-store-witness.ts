import { createHash } from 'node:crypto';
import type { EventStore, Position, StoredEvent } from '@carat/event-store';
import type { Answered } from './event-store-appender.ts';
import { eventsOf, type Sent } from './event-store-appends.ts';
import { readPages } from './event-store-log.ts';

type Carried = { readonly append: string; readonly place: number; readonly of: number };

const digestOf = (event: StoredEvent): string => JSON.stringify(event);

/** What a witness counts of what must never be. */
export const nothingWrong = {
  lost: 0,
  doubled: 0,
  'gaps in positions': 0,
  'gaps in revisions': 0,
  'torn appends': 0,
  'altered events': 0,
  'never sent': 0,
};

/**
 * Reads a log as it grows, and compares it with what the appending processes said outside it. All that it
 * finds wrong is counted.
 */
export class Witness {
  readonly counts = {
    answered: 0,
    resent: 0,
    'written before that': 0,
    events: 0,
    ...nothingWrong,
  };
  readonly #gapless: boolean;
  readonly #prefixes: readonly string[] | undefined;
  readonly #seen = new Set<string>();
  readonly #revisions = new Map<string, number>();
  readonly #digest = createHash('sha256');
  /** What was sent and not found yet, by append. */
  readonly #sent = new Map<string, Sent>();
  /** What was found and not answered yet, by id. */
  readonly #found = new Map<string, StoredEvent>();
  #position: Position | undefined;

  /**
   * @param gapless whether the positions of this store are
   * @param prefixes of the streams that were written here, where the log holds others too
   */
  constructor(gapless: boolean, prefixes?: readonly string[]) {
    this.#gapless = gapless;
    this.#prefixes = prefixes;
  }

  /** Takes in what was said, then reads what the log has gained since. */
  async look(store: EventStore, answered: readonly Answered[], open: readonly Sent[]): Promise<void> {
    const before = this.#position ?? '0';
    for (const sent of [...answered.map((one) => one.sent), ...open]) this.#sent.set(sent.append, sent);
    let append: StoredEvent[] = [];
    for await (const events of readPages(store, this.#position, this.#prefixes)) {
      for (const event of events) {
        this.#takeIn(event);
        if (append.length > 0 && carriedBy(append[0]!).append !== carriedBy(event).append) {
          this.#checkAppend(append);
          append = [];
        }
        append.push(event);
      }
    }
    if (append.length > 0) this.#checkAppend(append);
    for (const one of answered) this.#checkAnswer(one, BigInt(before));
  }

  #takeIn(event: StoredEvent): void {
    const { counts } = this;
    counts.events += 1;
    if (this.#seen.has(event.id)) counts.doubled += 1;
    this.#seen.add(event.id);
    this.#found.set(event.id, event);
    const position = BigInt(event.position);
    const before = BigInt(this.#position ?? 0);
    if (this.#gapless ? position !== before + 1n : position <= before) counts['gaps in positions'] += 1;
    this.#position = event.position;
    if (event.revision !== (this.#revisions.get(event.stream) ?? -1) + 1) counts['gaps in revisions'] += 1;
    this.#revisions.set(event.stream, event.revision);
    this.#digest.update(digestOf(event));
  }

  /** Events in a row that say that they are of one append: are they all of it, as it was sent? */
  #checkAppend(found: readonly StoredEvent[]): void {
    const { append } = carriedBy(found[0]!);
    const sent = this.#sent.get(append);
    if (sent === undefined) {
      this.counts['never sent'] += 1;
      return;
    }
    this.#sent.delete(append);
    const events = eventsOf(sent);
    if (found.length !== events.length) this.counts['torn appends'] += 1;
    const streams = sent.streams.flatMap(({ stream, ids }) => ids.map(() => stream));
    const isSame = found.every(
      ({ id, type, data, stream }, n) =>
        stream === streams[n] && JSON.stringify({ id, type, data }) === JSON.stringify(events[n]),
    );
    if (!isSame) this.counts['altered events'] += 1;
  }

  /** What was answered is there, where the answer says; one sent again may have been written long before. */
  #checkAnswer({ sent, result, resent }: Answered, before: bigint): void {
    this.counts.answered += 1;
    if (resent) this.counts.resent += 1;
    const first = this.#found.get(sent.streams[0]!.ids[0]!);
    if (first && BigInt(first.position) <= before) this.counts['written before that'] += 1;
    for (const [n, { stream, ids }] of sent.streams.entries()) {
      for (const [back, id] of [...ids].reverse().entries()) {
        const event = this.#found.get(id);
        this.#found.delete(id);
        const isThere =
          result.appended &&
          event?.stream === stream &&
          event.revision === result.revisions[n]! - back &&
          BigInt(event.position) <= BigInt(result.position);
        if (!isThere) this.counts.lost += 1;
      }
    }
  }

  /** Reads all of the log again: whether it is, to the byte, what was read while it grew. */
  async isUnchanged(store: EventStore): Promise<boolean> {
    const again = createHash('sha256');
    for await (const events of readPages(store, undefined, this.#prefixes)) {
      for (const event of events) again.update(digestOf(event));
    }
    return again.digest('hex') === this.#digest.copy().digest('hex');
  }
}

const carriedBy = (event: StoredEvent): Carried => event.data as Carried;
