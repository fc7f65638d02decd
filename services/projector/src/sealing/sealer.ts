import { setTimeout as wait } from 'node:timers/promises';
import {
  createSealing,
  type EventStore,
  EventStoreError,
  type Seal,
  type SealKey,
  SealMismatch,
} from '@carat/event-store';
import type { Clock, Logger } from '@carat/service-kit';
import type { Lease } from '../lease.ts';
import { limits } from '../limits.ts';
import type { ProjectorMetrics } from '../metrics.ts';
import type { Tail } from '../tail.ts';

type Dependencies = {
  readonly store: EventStore;
  readonly tail: Pick<Tail, 'kept'>;
  readonly lease: Lease;
  readonly clock: Clock;
  /** What is wrong with the clock; seals tell the log's time, so none is made by one that is wrong. */
  readonly clockFault: () => string | undefined;
  readonly key: SealKey | undefined;
  readonly log: Logger;
  readonly metrics: Pick<ProjectorMetrics, 'seals' | 'lastSeal' | 'lastSealTime' | 'sealingStopped'>;
  readonly pace?: Pace;
};

type Pace = { readonly everyMs: number; readonly lookMs: number; readonly retryMs: number };

const usualPace: Pace = {
  everyMs: limits.sealEveryMs,
  lookMs: limits.sealLookMs,
  retryMs: limits.sealRetryMs,
};

/** The log cannot be sealed on, whoever tries. */
const isStop = (error: unknown): error is Error =>
  error instanceof SealMismatch || (error instanceof EventStoreError && error.code === 'damaged');

/**
 * Seals the log, beside everything else that this process does: slice by slice, from what the units have read
 * where that is still at hand. Every process runs one; the lease says whose turn it is. Nothing is read, and
 * nobody asked, while nothing comes.
 */
export const startSealer = (dependencies: Dependencies) => {
  const { store, tail, lease, clock, clockFault, key, log, metrics, pace = usualPace } = dependencies;
  const sealing = createSealing({ store, now: clock.now, key, atHand: tail.kept });
  const ending = new AbortController();
  let more = true;
  let held = false;
  /** Instants of the process's own monotonic clock: since when there is something to seal. */
  let waitsSince: number | undefined;
  /** Not tried again before, after the log could not be sealed on. */
  let notBefore = 0;
  let fault: string | undefined;
  const stopListening = store.onMore(() => {
    more = true;
  });

  const note = (seal: Seal | undefined): void => {
    if (seal === undefined) return;
    metrics.lastSeal.set(seal.number);
    metrics.lastSealTime.set(seal.at / 1_000);
  };

  const isDue = (): boolean => {
    if (sealing.unsealed === 0) waitsSince = undefined;
    else waitsSince ??= performance.now();
    return sealing.full || (waitsSince !== undefined && performance.now() - waitsSince >= pace.everyMs);
  };

  const sealIfDue = async (): Promise<void> => {
    if (!isDue() || clockFault() !== undefined) return;
    const seal = await sealing.seal();
    waitsSince = undefined;
    if (seal === undefined) {
      // Another was faster, or the log is another: what there is to seal is to be found anew.
      more = true;
      return;
    }
    metrics.seals.inc();
    note(seal);
    log.debug({ number: seal.number, events: seal.events }, 'the log is sealed');
  };

  /** Whether it is this process's turn; where it has just become so, others may have sealed meanwhile. */
  const isOurTurn = async (): Promise<boolean> => {
    const before = held;
    held = await lease.hold();
    if (held !== before) sealing.startOver();
    return held;
  };

  /** What comes before damage is sealed all the same. */
  const gather = async (): Promise<boolean> => {
    try {
      return await sealing.gather(limits.sealSliceEvents);
    } catch (error) {
      if (isStop(error)) await sealIfDue();
      throw error;
    }
  };

  const readOn = async (): Promise<void> => {
    while (!ending.signal.aborted) {
      more = false;
      const atHead = await gather();
      note(sealing.last);
      await sealIfDue();
      if (atHead) return;
      more = true;
      if (sealing.full && clockFault() !== undefined) return;
      await wait(limits.sealRestMs);
      if (!(await keepsTurn())) return;
    }
  };

  let askedAt = 0;
  /** Asks now and then only: a log without seals is read for a long time. */
  const keepsTurn = async (): Promise<boolean> => {
    if (performance.now() - askedAt < pace.lookMs) return true;
    askedAt = performance.now();
    return isOurTurn();
  };

  const look = async (): Promise<void> => {
    if (!more && sealing.unsealed === 0) return;
    if (performance.now() < notBefore) return;
    askedAt = performance.now();
    if (!(await isOurTurn())) return;
    await readOn();
    if (fault !== undefined) log.info('the log is sealed on');
    fault = undefined;
    metrics.sealingStopped.set(0);
  };

  const noteFailure = (error: unknown): void => {
    more = true;
    if (!isStop(error)) return log.debug({ err: error }, 'the log could not be sealed on');
    if (fault !== error.message) log.error({ err: error }, 'the log cannot be sealed on');
    fault = error.message;
    notBefore = performance.now() + pace.retryMs;
    metrics.sealingStopped.set(1);
  };

  const run = async (): Promise<void> => {
    const { signal } = ending;
    while (!signal.aborted) {
      await look().catch(noteFailure);
      await wait(pace.lookMs, undefined, { signal }).catch(() => undefined);
    }
  };
  const ended = run();

  return {
    /** Why the log cannot be sealed on, if so. */
    fault: (): string | undefined => fault,
    /** Ends what is at hand, and leaves the rest to others. */
    async stop(): Promise<void> {
      ending.abort();
      stopListening();
      await ended;
      if (held) await lease.release();
    },
  };
};

export type Sealer = ReturnType<typeof startSealer>;
