import type { AppendResult } from '../port.ts';
import type { PreparedAppend } from '../validate.ts';

/** An append on its way. */
export type Traveller = {
  readonly append: PreparedAppend;
  /** When it came, by `performance.now()`. */
  readonly since: number;
  readonly resolve: (result: AppendResult) => void;
  readonly reject: (error: unknown) => void;
  /** In how many of its streams' lanes others are before it. */
  ahead: number;
  /** It was sent, and nobody can tell what came of that. */
  isDoubtful: boolean;
  /** It is sent in no company. */
  goesAlone: boolean;
  /** How many groups it was in that were turned back. */
  turnedBack: number;
};

type Size = { readonly events: number; readonly bytes: number };

/**
 * Keeps appends that name the same stream in the order of their arrival: each stream is a lane, and an append
 * may go once it is first in all of its lanes, which it leaves when it has settled. The server compares names
 * ignoring case, and so do the lanes.
 */
export class Lanes {
  readonly #lanes = new Map<string, Traveller[]>();
  /** All that wait, in the order of their arrival. */
  readonly #waiting = new Set<Traveller>();
  #ready: Traveller[] = [];
  #travellers = 0;
  #bytes = 0;

  get isEmpty(): boolean {
    return this.#travellers === 0;
  }

  get waiting(): number {
    return this.#waiting.size;
  }

  get waitingBytes(): number {
    return this.#bytes;
  }

  /** Whether anybody may go. */
  get hasReady(): boolean {
    return this.#ready.length > 0;
  }

  enter(traveller: Traveller): void {
    for (const { stream } of traveller.append.writes) {
      const name = stream.toLowerCase();
      const lane = this.#lanes.get(name);
      if (lane === undefined) this.#lanes.set(name, [traveller]);
      else if (lane.push(traveller) > 1) traveller.ahead += 1;
    }
    this.#travellers += 1;
    this.#wait(traveller);
    if (traveller.ahead === 0) this.#ready.push(traveller);
  }

  /** Takes those who may go, the first of them in any case and as many more as are no more than a size. */
  take({ events: maxEvents, bytes: maxBytes }: Size): Traveller[] {
    let events = 0;
    let bytes = 0;
    const end = this.#ready.findIndex(({ append, goesAlone }, place) => {
      events += append.events;
      bytes += append.bytes;
      if (place === 0) return false;
      if (goesAlone || this.#ready[0]?.goesAlone) return true;
      return events > maxEvents || bytes > maxBytes;
    });
    const group = this.#ready.splice(0, end < 0 ? this.#ready.length : end);
    for (const traveller of group) this.#stopWaiting(traveller);
    return group;
  }

  /** Puts travellers back at the head of those who may go, those last who go alone. */
  turnBack(travellers: readonly Traveller[]): void {
    for (const traveller of travellers) this.#wait(traveller);
    const { true: alone = [], false: together = [] } = Object.groupBy(
      travellers,
      ({ goesAlone }) => `${goesAlone}` as const,
    );
    this.#ready = [...together, ...alone, ...this.#ready];
  }

  /** A traveller has settled: who comes next in its lanes may go. */
  leave(traveller: Traveller): void {
    this.#travellers -= 1;
    for (const { stream } of traveller.append.writes) {
      const name = stream.toLowerCase();
      const lane = this.#lanes.get(name) ?? [];
      const place = lane.indexOf(traveller);
      lane.splice(place, 1);
      const next = lane[0];
      if (next === undefined) this.#lanes.delete(name);
      else if (place === 0 && --next.ahead === 0) this.#ready.push(next);
    }
  }

  /** Those who have waited since before a time leave. */
  expire(before: number): Traveller[] {
    const late: Traveller[] = [];
    for (const traveller of this.#waiting) if (traveller.since < before) late.push(traveller);
    if (late.length === 0) return late;
    const gone = new Set(late);
    this.#ready = this.#ready.filter((traveller) => !gone.has(traveller));
    // None of them may go any more, also should it become first as others leave.
    for (const traveller of late) traveller.ahead = Number.POSITIVE_INFINITY;
    for (const traveller of late) {
      this.#stopWaiting(traveller);
      this.leave(traveller);
    }
    return late;
  }

  #wait(traveller: Traveller): void {
    this.#waiting.add(traveller);
    this.#bytes += traveller.append.bytes;
  }

  #stopWaiting(traveller: Traveller): void {
    if (this.#waiting.delete(traveller)) this.#bytes -= traveller.append.bytes;
  }
}
