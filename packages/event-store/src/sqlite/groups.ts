import { type AppendResult, EventStoreError } from '../port.ts';
import type { PreparedAppend } from '../validate.ts';
import { isBusy } from './errors.ts';
import { busyPauseMs, maxBusyMs, stillBusy } from './patience.ts';

/**
 * While appends don't come one after the other, a group is gathered until as many wait as the one before had,
 * but for this long after it at most: callers who wait for their answers are soon all back in line.
 */
const gatherMs = 2;
const maxGroupEvents = 1_000;
const maxGroupBytes = 4 * 1024 * 1024;
/** Who waits for a busy log takes it as soon as it is free, after so long. */
const minHeldUpMs = 2;
const maxWaitingAppends = 50_000;
const maxWaitingBytes = 64 * 1024 * 1024;

type Waiting = {
  readonly append: PreparedAppend;
  readonly since: number;
  readonly resolve: (result: AppendResult) => void;
  readonly reject: (error: unknown) => void;
};

type Commit = (group: readonly PreparedAppend[]) => (AppendResult | EventStoreError)[];

const settle = ({ resolve, reject }: Waiting, outcome: AppendResult | EventStoreError | undefined): void => {
  if (outcome === undefined || outcome instanceof EventStoreError) reject(outcome);
  else resolve(outcome);
};

/**
 * Gathers appends and commits them in groups, in the order of their arrival. A lone append is committed in
 * the same turn of the event loop. Where the log is busy, all that waits is tried again a moment later, but
 * not for ever.
 */
export class Groups {
  readonly #commit: Commit;
  readonly #whenDrained: (() => void)[] = [];
  #waiting: Waiting[] = [];
  #events = 0;
  #bytes = 0;
  #isScheduled = false;
  /** The timer of a group that is gathered. */
  #gathering: NodeJS.Timeout | undefined;
  #lastAppends = 0;
  #lastEnd = 0;
  /** Since when the log is found busy, and the timer of the next try. */
  #busySince: number | undefined;
  #retrying: NodeJS.Timeout | undefined;

  /**
   * @param commit writes a group in one go and answers each append, with an error where it is refused; throws
   * what holds for all of the group, or what `isBusy` recognises
   */
  constructor(commit: Commit) {
    this.#commit = commit;
  }

  /**
   * Another process has let go of the log: who has waited for it long enough is up now. Sooner than that,
   * processes with small groups would take turns at each, and read what the other wrote each time.
   */
  nudge(): void {
    if (this.#retrying === undefined || this.#busySince === undefined) return;
    if (performance.now() - this.#busySince < minHeldUpMs) return;
    clearTimeout(this.#retrying);
    this.#flush();
  }

  /** Puts an append in line. @throws EventStoreError `unavailable`: too many wait; or what `commit` throws */
  add(append: PreparedAppend): Promise<AppendResult> {
    const { promise, resolve, reject } = Promise.withResolvers<AppendResult>();
    if (this.#waiting.length >= maxWaitingAppends || this.#bytes + append.bytes > maxWaitingBytes) {
      reject(
        new EventStoreError(
          'unavailable',
          `${this.#waiting.length} appends wait: there is no room for more.`,
        ),
      );
      return promise;
    }
    this.#waiting.push({ append, since: performance.now(), resolve, reject });
    this.#events += append.events;
    this.#bytes += append.bytes;
    if (!this.#isScheduled) this.#schedule();
    else if (this.#gathering !== undefined && this.#isGathered()) this.#schedule(0);
    return promise;
  }

  /** Resolves once nothing waits. */
  drain(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#whenDrained.push(resolve);
    if (this.#waiting.length === 0) this.#goOn();
    return promise;
  }

  readonly #flush = (): void => {
    this.#isScheduled = false;
    this.#gathering = undefined;
    this.#retrying = undefined;
    const count = this.#countGroup();
    const group = this.#waiting.slice(0, count);
    try {
      const results = this.#commit(group.map(({ append }) => append));
      for (const [place, waiting] of this.#take(count).entries()) settle(waiting, results[place]);
    } catch (error) {
      if (isBusy(error)) return this.#retry(error);
      for (const { reject } of this.#take(count)) reject(error);
    }
    this.#busySince = undefined;
    this.#lastAppends = count;
    this.#lastEnd = performance.now();
    this.#goOn();
  };

  /** Who has waited too long is told so; the others, and who came meanwhile, are tried together. */
  #retry(error: unknown): void {
    this.#busySince ??= performance.now();
    const oldest = performance.now() - maxBusyMs;
    const old = this.#waiting.findIndex(({ since }) => since > oldest);
    for (const { reject } of this.#take(old < 0 ? this.#waiting.length : old)) reject(stillBusy(error));
    this.#goOn(busyPauseMs());
  }

  #goOn(pauseMs?: number): void {
    if (this.#waiting.length > 0) this.#schedule(pauseMs);
    else for (const resolve of this.#whenDrained.splice(0)) resolve();
  }

  /** @param pauseMs where a busy log is waited for */
  #schedule(pauseMs?: number): void {
    this.#isScheduled = true;
    clearTimeout(this.#gathering);
    this.#gathering = undefined;
    const restMs = pauseMs ?? (this.#isGathered() ? 0 : this.#lastEnd + gatherMs - performance.now());
    if (restMs <= 0) setImmediate(this.#flush);
    else if (pauseMs !== undefined) this.#retrying = setTimeout(this.#flush, restMs);
    else this.#gathering = setTimeout(this.#flush, restMs);
  }

  /** Whether there is nothing to wait for: appends come alone, or are all back, or a group is full. */
  #isGathered(): boolean {
    return (
      this.#lastAppends <= 1 ||
      this.#waiting.length >= this.#lastAppends ||
      this.#events >= maxGroupEvents ||
      this.#bytes >= maxGroupBytes
    );
  }

  /** How many of the waiting appends, at least one, fit into a group. */
  #countGroup(): number {
    let events = 0;
    let bytes = 0;
    const tooMany = this.#waiting.findIndex(({ append }) => {
      events += append.events;
      bytes += append.bytes;
      return events > maxGroupEvents || bytes > maxGroupBytes;
    });
    return tooMany < 0 ? this.#waiting.length : Math.max(1, tooMany);
  }

  #take(count: number): Waiting[] {
    const taken = this.#waiting.slice(0, count);
    this.#waiting = this.#waiting.slice(count);
    for (const { append } of taken) {
      this.#events -= append.events;
      this.#bytes -= append.bytes;
    }
    return taken;
  }
}
