import type { Claim, Receipt, Refusal } from '@carat/protocol';
import { CaratError, CaratRefusal, isRefusal } from './errors.ts';
import type { Limits } from './limits.ts';
import { retryDelay } from './retry.ts';

/** Someone waits for a receipt of at least `count`. All three are called at most once, and must not throw. */
export type Asked = {
  readonly count: number;
  readonly resolve: (receipt: Receipt) => void;
  readonly reject: (error: Error) => void;
  /** Nothing more is claimed for this combo after this; what was asked may still be resolved or rejected. */
  readonly over?: () => void;
};

/**
 * A claim that waits to be sent or answered. Once sent it stays as it is, so that a repetition says the very
 * same, unless the answer is that it was not booked.
 */
type Entry = {
  claim: Claim;
  readonly merge: boolean;
  asked: Asked[];
  /** Beyond what the wallet can pay for: rejected once the payable part is settled. */
  unpayable: { asked: Asked[]; why: Error }[];
  readonly since: number;
  sent: boolean;
  tries: number;
};

/**
 * The claims of one combo, in the order they were made; the first is the one in flight or to be sent next.
 */
type Lane = { readonly key: string; entries: Entry[]; sending: Sending | undefined; notBefore: number };

/** One emission of a claim. It counts as in flight until it is answered or its connection is gone. */
export type Sending = {
  readonly claim: Claim;
  readonly lane: Lane;
  readonly entry: Entry;
  readonly at: number;
};

type Bounds = Pick<
  Limits,
  | 'combosWaiting'
  | 'answersAwaited'
  | 'claimsInFlight'
  | 'answerTimeoutMs'
  | 'giveUpAfterMs'
  | 'shortestRetryMs'
  | 'firstRetryMs'
  | 'longestRetryMs'
>;

/**
 * Claims not yet answered. It decides what is sent when; sockets and timers are its caller's, time (any clock
 * in ms that never goes back) comes in with every call. One claim per combo is in flight; meanwhile later
 * ones of a builder merge to the highest count, others queue up as they came.
 */
export class Outbox {
  readonly #lanes = new Map<string, Lane>();
  /** Lanes that have something to send now, first come first served. */
  readonly #ready = new Set<Lane>();
  readonly #sendings = new Set<Sending>();
  readonly #limits: Bounds;
  readonly #random: () => number;
  #inFlightLimit = 0;
  #awaited = 0;
  #dueAt = Number.POSITIVE_INFINITY;

  constructor(limits: Bounds, random: () => number = Math.random) {
    this.#limits = limits;
    this.#random = random;
  }

  /** Promises not yet answered. */
  get awaited(): number {
    return this.#awaited;
  }

  /** When `expire` should be called next, or infinity. */
  get dueAt(): number {
    return this.#dueAt;
  }

  /** True where claims wait, and all that may be in flight was sent long ago: only a new connection helps. */
  get stuck(): boolean {
    if (this.#ready.size === 0 || this.#sendings.size < this.#inFlightLimit) return false;
    for (const sending of this.#sendings) if (sending.lane.sending === sending) return false;
    return this.#inFlightLimit > 0;
  }

  /** Takes a claim in. Throws `outbox_full` and keeps nothing where a bound is reached. */
  add(claim: Claim, asked: Asked, options: { merge: boolean; now: number }): void {
    if (this.#awaited >= this.#limits.answersAwaited) throw new CaratError('outbox_full');
    const lane = this.#laneOf(claim);
    const last = lane.entries.at(-1);
    if (options.merge && last?.merge && !last.sent && sameGift(last.claim, claim)) {
      last.asked.push(asked);
      if (claim.count > last.claim.count) last.claim = { ...last.claim, count: claim.count };
    } else {
      const entry = { claim, merge: options.merge, asked: [asked], unpayable: [], since: options.now };
      lane.entries.push({ ...entry, sent: false, tries: 0 });
    }
    this.#awaited += 1;
    this.#dueBy(options.now + this.#limits.giveUpAfterMs);
    this.#offer(lane, options.now);
  }

  /** A connection is there, which takes so many claims at once. */
  connected(maxInFlight: number): void {
    this.#inFlightLimit = Math.max(1, Math.min(maxInFlight, this.#limits.claimsInFlight));
  }

  /** The connection is gone: nothing is in flight any more, and what was is sent again on the next one. */
  disconnected(now: number): void {
    this.#inFlightLimit = 0;
    const lost = [...this.#sendings];
    this.#sendings.clear();
    for (const { lane } of lost) {
      lane.sending = undefined;
      this.#offer(lane, now);
    }
  }

  /** The next claim to send, or nothing for the moment. */
  next(now: number): Sending | undefined {
    if (this.#sendings.size >= this.#inFlightLimit) return undefined;
    const [lane] = this.#ready;
    const entry = lane?.entries[0];
    if (!lane || !entry) return undefined;
    this.#ready.delete(lane);
    entry.sent = true;
    lane.sending = { claim: entry.claim, lane, entry, at: now };
    this.#sendings.add(lane.sending);
    this.#dueBy(now + this.#limits.answerTimeoutMs);
    return lane.sending;
  }

  /** What came back for a sending; answers of connections that are gone are ignored. */
  answered(sending: Sending, answer: unknown, now: number): void {
    if (!this.#sendings.delete(sending)) return;
    const { lane, entry } = sending;
    const current = lane.sending === sending;
    if (current) lane.sending = undefined;
    if (isReceipt(answer)) this.#book(lane, entry, answer);
    if (current && lane.entries[0] === entry) {
      if (isRefusal(answer)) this.#refused(lane, entry, answer, now);
      else this.#again(lane, entry, now, new Error('The answer to a claim was no receipt of it.'));
    }
    this.#offer(lane, now);
  }

  /** Sees to answers that did not come, waits that are over, and claims whose time is up. */
  expire(now: number): void {
    this.#dueAt = Number.POSITIVE_INFINITY;
    for (const lane of [...this.#lanes.values()]) {
      const { sending } = lane;
      if (sending && sending.at + this.#limits.answerTimeoutMs <= now) {
        lane.sending = undefined;
        if (lane.entries[0] === sending.entry)
          this.#again(lane, sending.entry, now, new Error('No answer came in time.'));
      }
      while (!lane.sending && lane.entries[0] && this.#deadline(lane.entries[0]) <= now)
        this.#giveUp(lane, lane.entries[0], new Error('The time for it is up.'));
      this.#offer(lane, now);
      if (lane.sending) this.#dueBy(lane.sending.at + this.#limits.answerTimeoutMs);
      else if (lane.entries[0]) this.#dueBy(this.#deadline(lane.entries[0]));
    }
  }

  /** Rejects whatever still waits. */
  close(error: Error): void {
    for (const lane of [...this.#lanes.values()])
      for (const entry of [...lane.entries]) this.#reject(lane, entry, error);
    this.#lanes.clear();
    this.#ready.clear();
    this.#sendings.clear();
    this.#inFlightLimit = 0;
    this.#dueAt = Number.POSITIVE_INFINITY;
  }

  #laneOf(claim: Claim): Lane {
    const key = `${claim.viewer ?? ''} ${claim.combo}`;
    const known = this.#lanes.get(key);
    if (known) return known;
    if (this.#lanes.size >= this.#limits.combosWaiting) throw new CaratError('outbox_full');
    const lane: Lane = { key, entries: [], sending: undefined, notBefore: 0 };
    this.#lanes.set(key, lane);
    return lane;
  }

  /** Puts a lane where it belongs now: ready, waiting for its time or an answer, or gone. */
  #offer(lane: Lane, now: number): void {
    if (lane.sending) return;
    if (lane.entries.length === 0) {
      this.#ready.delete(lane);
      if (this.#lanes.get(lane.key) === lane) this.#lanes.delete(lane.key);
    } else if (lane.notBefore > now) this.#dueBy(lane.notBefore);
    else this.#ready.add(lane);
  }

  /** Answers all that this receipt covers: what it was sent for, and what has been merged behind it. */
  #book(lane: Lane, entry: Entry, receipt: Receipt): void {
    const last = lane.entries.at(-1);
    for (const candidate of last?.merge && last !== entry ? [entry, last] : [entry]) {
      if (!lane.entries.includes(candidate)) continue;
      const covered = candidate.asked.filter((asked) => asked.count <= receipt.count);
      candidate.asked = candidate.asked.filter((asked) => asked.count > receipt.count);
      this.#awaited -= covered.length;
      for (const asked of covered) asked.resolve(receipt);
      if (candidate.asked.length === 0) this.#remove(lane, candidate);
    }
  }

  #refused(lane: Lane, entry: Entry, refusal: Refusal, now: number): void {
    const why = new CaratRefusal(refusal);
    const payable = entry.merge ? payableCount(entry, refusal) : 0;
    if (refusal.retry) {
      if (entry.merge && refusal.refused !== 'outcome_unknown') this.#reopen(lane, entry);
      this.#again(lane, entry, now, why, refusal.retryAfterMs);
    } else if (payable > 0) this.#reduce(lane, entry, payable, why);
    else this.#end(lane, entry, why);
  }

  /** It was surely not booked, so it is raised by what came since, and until it is sent again. */
  #reopen(lane: Lane, entry: Entry): void {
    entry.sent = false;
    const [, next] = lane.entries;
    if (!next?.merge || !sameGift(next.claim, entry.claim)) return;
    entry.asked.push(...next.asked.splice(0));
    if (next.claim.count > entry.claim.count) entry.claim = next.claim;
    this.#remove(lane, next);
  }

  /** Claims what can be paid for first; the rest is rejected once that is settled. The combo is over. */
  #reduce(lane: Lane, entry: Entry, payable: number, why: Error): void {
    for (const asked of entry.asked) asked.over?.();
    const beyond = entry.asked.filter((asked) => asked.count > payable);
    entry.asked = entry.asked.filter((asked) => asked.count <= payable);
    entry.unpayable.push({ asked: beyond, why });
    entry.claim = { ...entry.claim, count: payable };
    entry.tries = 0;
    this.#endMerged(lane, entry, why);
  }

  /** Waits and sends the same again, unless its time would be over by then. */
  #again(lane: Lane, entry: Entry, now: number, why: Error, afterMs?: number): void {
    entry.tries += 1;
    const wait =
      afterMs === undefined
        ? retryDelay(entry.tries, this.#limits, this.#random)
        : Math.max(afterMs, this.#limits.shortestRetryMs) * (1 + this.#random() / 4);
    if (now + wait >= this.#deadline(entry)) this.#giveUp(lane, entry, why);
    else lane.notBefore = now + wait;
  }

  #giveUp(lane: Lane, entry: Entry, why: Error): void {
    this.#end(lane, entry, new CaratError('gave_up', why));
  }

  /** Rejects an entry and, where it is a builder's, all that was merged behind it: its combo is over. */
  #end(lane: Lane, entry: Entry, why: Error): void {
    if (entry.merge) this.#endMerged(lane, entry, why);
    this.#reject(lane, entry, why);
  }

  #endMerged(lane: Lane, first: Entry, why: Error): void {
    for (const entry of lane.entries.filter((other) => other.merge && other !== first))
      this.#reject(lane, entry, why);
  }

  #reject(lane: Lane, entry: Entry, why: Error): void {
    const asked = entry.asked;
    entry.asked = [];
    this.#awaited -= asked.length;
    this.#remove(lane, entry);
    for (const one of asked) {
      one.over?.();
      one.reject(why);
    }
  }

  #remove(lane: Lane, entry: Entry): void {
    if (lane.entries[0] === entry) lane.notBefore = 0;
    if (lane.entries[0] === entry) lane.entries.shift();
    else lane.entries = lane.entries.filter((other) => other !== entry);
    for (const { asked, why } of entry.unpayable.splice(0)) {
      this.#awaited -= asked.length;
      for (const one of asked) one.reject(why);
    }
  }

  #deadline(entry: Entry): number {
    return entry.since + this.#limits.giveUpAfterMs;
  }

  #dueBy(at: number): void {
    this.#dueAt = Math.min(this.#dueAt, at);
  }
}

const sameGift = (one: Claim, other: Claim): boolean => one.live === other.live && one.gift === other.gift;

const isReceipt = (answer: unknown): answer is Receipt =>
  typeof answer === 'object' && answer !== null && 'position' in answer && 'count' in answer;

/**
 * The highest count that was asked for and that the wallet can pay for, or that is booked already; 0 where
 * there is none. Never more than someone asked for, so that nothing is booked for which no promise is
 * resolved.
 */
const payableCount = (entry: Entry, refusal: Refusal): number => {
  const reachable = Math.max(refusal.affordable ?? 0, refusal.combo?.count ?? 0);
  return entry.asked.reduce(
    (most, { count }) => (count <= reachable && count < entry.claim.count && count > most ? count : most),
    0,
  );
};
