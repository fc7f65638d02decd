import {
  createSealCheck,
  createSealFeed,
  type EventStore,
  type EventStoreError,
  type Position,
  type SealFinding,
  type SealSums,
  type StoredEvent,
} from '@carat/event-store';
import { limits } from '../limits.ts';
import type { Differences } from '../outcome.ts';

export type ProvedSeals = SealSums & {
  /** What does not fit, the first of it. */
  readonly broken: readonly Omit<SealFinding, 'message'>[];
};

export type SealProof = {
  /** Before a page of the log is read, of so many events at most. */
  prepare(events: number): Promise<void>;
  see(event: StoredEvent): void;
  passDamage(): void;
  /** At the end of the log. */
  finish(): ProvedSeals;
};

type Options = {
  /** The end of the log as it is read; later seals are not looked at. */
  readonly upTo: Position;
  /** Public keys as base64url, of which one must have signed every seal from the first such one on. */
  readonly keys: ReadonlySet<string>;
  readonly differences: Differences;
};

/** Holds the log against its seals as it is read, and tells what does not fit. */
export const createSealProof = (store: EventStore, { upTo, keys, differences }: Options): SealProof => {
  const broken: Omit<SealFinding, 'message'>[] = [];
  const check = createSealCheck(({ message, ...finding }) => {
    differences.add(message);
    if (broken.length < limits.maxDifferences) broken.push(finding);
  }, keys);
  const onDamage = ({ message }: EventStoreError): void => differences.add(message);
  const feed = createSealFeed(store, check, { upTo, onDamage });
  return {
    prepare: feed.refill,
    see: check.see,
    passDamage: check.passDamage,
    finish: () => ({ ...check.finish(), broken }),
  };
};
