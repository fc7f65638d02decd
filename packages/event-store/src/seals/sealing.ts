import { randomUUID } from 'node:crypto';
import { appendSurely } from '../append-surely.ts';
import type { EventStore, Expected, LogPage, Position, StoredEvent } from '../port.ts';
import { canonicalEvent } from './canonical.ts';
import type { SealKey } from './keys.ts';
import { createMerkleTree, type MerkleTree } from './merkle.ts';
import { hashOfSeal, noSeal, readSeal, type Seal, sealsStream, sealType, signSeal } from './seal.ts';

/** A seal covers at most so many events: what was changed is then known that closely. */
export const maxSealEvents = 100_000;

/** The last seal of the log does not fit the log, so none can follow it. The message is one sentence. */
export class SealMismatch extends Error {
  override readonly name = 'SealMismatch';
}

type Last = { readonly id: string; readonly seal: Seal };

/** What was gathered since a seal. */
type Run = {
  readonly last: Last | undefined;
  readonly tree: MerkleTree;
  /** Events gathered that are no seals. */
  others: number;
  /** The last event gathered, or the last one sealed. */
  end: StoredEvent | undefined;
  /** How far the log was looked at; beyond `end` where a store passes over what is no event of ours. */
  upTo: Position | undefined;
};

export type SealingOptions = {
  readonly store: EventStore;
  /** Ms since 1970. */
  readonly now: () => number;
  /** Seals are signed where it is given. */
  readonly key?: SealKey | undefined;
  /** Events right after a place of the log that are at hand already, so that they need not be read again. */
  readonly atHand?: (after: Position, limit: number) => readonly StoredEvent[];
  /** At most `maxSealEvents`. */
  readonly maxEvents?: number;
};

export type Sealing = {
  /**
   * Takes up so many of the next events at most, finding its place first where it has none.
   * @returns whether nothing more was there
   * @throws SealMismatch, EventStoreError
   */
  gather(limit: number): Promise<boolean>;
  /**
   * Seals what was gathered, unless that is nothing but seals, and not as many as one seal covers.
   * @returns the seal; undefined where none was made, or another process was faster, or the log is another by
   * now: the place is then to be found anew, which `gather` does
   * @throws EventStoreError
   */
  seal(): Promise<Seal | undefined>;
  /** Forgets what was gathered, and where. */
  startOver(): void;
  /** Events gathered that are no seals: whether there is anything to seal. */
  readonly unsealed: number;
  /** Nothing more is gathered before the next seal. */
  readonly full: boolean;
  /** The last seal known. */
  readonly last: Seal | undefined;
};

/**
 * Makes the seals of a log, one after the other. Any number of processes may do so at once, be killed, stall
 * or wake up late: each seal is appended at the exact revision after the one it follows, so there is one
 * chain, and every seal fits the log that it is in.
 */
export const createSealing = (options: SealingOptions): Sealing => {
  const { store, now, key, atHand, maxEvents = maxSealEvents } = options;
  let run: Run | undefined;

  const gather = async (limit: number): Promise<boolean> => {
    run ??= await findPlace(store);
    const { end, upTo } = run;
    const wanted = Math.min(limit, maxEvents - run.tree.size);
    if (wanted <= 0) return false;
    const kept = (end && atHand?.(end.position, wanted)) ?? [];
    const page: LogPage =
      kept.length > 0
        ? { events: kept, upTo: kept.at(-1)!.position, atHead: false }
        : await store.readAll({ after: upTo, limit: wanted });
    if (end && !(await isThere(store, end))) {
      run = undefined;
      return false;
    }
    for (const event of page.events) take(run, event);
    run.upTo = page.upTo;
    return page.atHead;
  };

  const seal = async (): Promise<Seal | undefined> => {
    const of = run;
    if (of === undefined || (of.others === 0 && of.tree.size < maxEvents)) return undefined;
    run = undefined;
    if (!(await isThere(store, of.end!)) || !(await isLast(store, of.last))) return undefined;
    const unsigned = sealOf(of, now());
    const made = key === undefined ? unsigned : signSeal(unsigned, key);
    const expected: Expected = of.last === undefined ? 'no_stream' : of.last.seal.number - 1;
    const id = randomUUID();
    const event = { id, type: sealType, data: made };
    const result = await appendSurely(store, [{ stream: sealsStream, expected, events: [event] }]);
    if (!result.appended) return undefined;
    run = { ...emptyRun({ id, seal: made }, of.end), upTo: of.upTo };
    return made;
  };

  return {
    gather,
    seal,
    startOver: () => {
      run = undefined;
    },
    get unsealed() {
      return run?.others ?? 0;
    },
    get full() {
      return run !== undefined && run.tree.size >= maxEvents;
    },
    get last() {
      return run?.last?.seal;
    },
  };
};

const emptyRun = (last: Last | undefined, end: StoredEvent | undefined): Run => ({
  last,
  tree: createMerkleTree(),
  others: 0,
  end,
  upTo: end?.position,
});

const take = (run: Run, event: StoredEvent): void => {
  run.tree.add(canonicalEvent(event));
  if (event.stream !== sealsStream) run.others += 1;
  run.end = event;
};

/** Right behind what the last seal covers. */
const findPlace = async (store: EventStore): Promise<Run> => {
  const page = await store.readStream(sealsStream, { direction: 'backwards', limit: 1 });
  const newest = page.exists ? page.events[0] : undefined;
  if (newest === undefined) return emptyRun(undefined, undefined);
  const seal = readSeal(newest);
  const name = `The last seal, event ${newest.revision} of ${sealsStream},`;
  if ('fault' in seal) throw new SealMismatch(`${name} cannot be read: ${seal.fault}.`);
  if (seal.number !== newest.revision + 1) throw new SealMismatch(`${name} says that it is ${seal.number}.`);
  const { lastEvent, lastStream, lastRevision } = seal;
  const place = await store.readStream(lastStream, { from: lastRevision, limit: 1 });
  const end = place.exists ? place.events[0] : undefined;
  if (end?.id !== lastEvent || end.revision !== lastRevision) {
    throw new SealMismatch(
      `${name} covers the log up to event ${lastRevision} of ${lastStream}, ${lastEvent}: it is not there.`,
    );
  }
  return emptyRun({ id: newest.id, seal }, end);
};

const sealOf = ({ last, tree, end }: Run, now: number): Seal => ({
  number: (last?.seal.number ?? 0) + 1,
  events: (last?.seal.events ?? 0) + tree.size,
  lastEvent: end!.id,
  lastStream: end!.stream,
  lastRevision: end!.revision,
  root: tree.root(),
  previous: last === undefined ? noSeal : hashOfSeal(last.seal),
  at: Math.max(now, last?.seal.at ?? 0),
});

/** The log may have been restored or replaced since the event was read. */
const isThere = async (store: EventStore, { position, id }: StoredEvent): Promise<boolean> =>
  (await store.eventAt(position)) === id;

const isLast = async (store: EventStore, last: Last | undefined): Promise<boolean> => {
  const page = await store.readStream(sealsStream, { direction: 'backwards', limit: 1 });
  return (page.exists ? page.events[0]?.id : undefined) === last?.id;
};
