import { randomUUID } from 'node:crypto';
import {
  comboState,
  comboTimes,
  countCombos,
  type Event,
  evolveWallet,
  findCombo,
  initialLive,
  passTime,
  type SendGift,
  sendGift,
  streams,
  type Wallet,
} from '@carat/domain';
import { appendSurely, type EventStore, EventStoreError, isAway } from '@carat/event-store';
import { type Claim, type Receipt, type Refusal, refuse } from '@carat/protocol';
import type { Clock, Logger } from '@carat/service-kit';
import { limits } from './limits.ts';
import type { GatewayMetrics } from './metrics.ts';
import type { Reference } from './reference.ts';
import { type HeldWallet, readWallet, readWalletOn } from './wallet-reading.ts';

export type DeskDependencies = {
  readonly store: EventStore;
  readonly reference: Reference;
  readonly clock: Clock;
  readonly log: Logger;
  readonly metrics: GatewayMetrics;
  /** Why nothing may be booked at the moment, whatever the wallet says. */
  readonly unfit: () => string | undefined;
};

export type Answer = (answer: Receipt | Refusal) => void;

type Pending = { readonly claim: Claim; readonly answer: Answer };
type Booked = { readonly pending: Pending; readonly receipt: Receipt };
type Refused = { readonly pending: Pending; readonly refusal: Refusal };

/**
 * Where the claims on one wallet are decided, one after the other, whatever sockets they came from. While an
 * append is in flight the next claims wait; they are then decided together and appended as one.
 *
 * A class, since a gateway keeps one for each of up to 100,000 wallets: methods are shared, closures would
 * not be.
 */
export class WalletDesk {
  /** Whether it was asked for since its memory was last wanted for others. */
  used = true;
  readonly #viewer: string;
  readonly #on: DeskDependencies;
  #held: HeldWallet | undefined;
  #waiting: Pending[] = [];
  /** Claims whose refusal waits for a read of the wallet that begins after they came. */
  #doubted: Pending[] = [];
  /** On the process's monotonic clock: that of the wallet may stand still. */
  #nextReadAt = 0;
  #busy = false;
  #swapped = false;
  #timer: NodeJS.Timeout | undefined;

  constructor(viewer: string, dependencies: DeskDependencies) {
    this.#viewer = viewer;
    this.#on = dependencies;
  }

  submit(claim: Claim, answer: Answer): void {
    if (this.#waiting.length + this.#doubted.length >= limits.maxClaimsWaitingPerWallet) {
      return answer(refuse('overloaded', { retryAfterMs: limits.retryAfterMs }));
    }
    this.#waiting.push({ claim, answer });
    if (!this.#busy) void this.#run();
  }

  /** Reads the wallet ahead of its first claim. */
  load(): void {
    if (!this.#busy && this.#held === undefined) void this.#run(true);
  }

  /** No claim waits and nothing is in flight. */
  get idle(): boolean {
    return !this.#busy && this.#waiting.length === 0 && this.#doubted.length === 0;
  }

  /** How many combos it remembers. */
  get combos(): number {
    return this.#held === undefined ? 0 : countCombos(this.#held.wallet.combos);
  }

  /** Lets go of the combos of a wallet that rests, once the last is over; one in use does so as it books. */
  passTime(now: number): void {
    if (this.#held === undefined || !this.idle) return;
    const { wallet } = this.#held;
    const isOver = now - wallet.at > comboTimes.rememberedMs;
    if (isOver && this.combos > 0) this.#held = { ...this.#held, wallet: passTime(wallet, now) };
  }

  /** Forgets what was read: the log is another one. */
  forget(): void {
    if (this.#busy) this.#swapped = true;
    else this.#held = undefined;
  }

  async #run(load = false): Promise<void> {
    this.#busy = true;
    if (load) await this.#load().catch(() => undefined);
    for (;;) {
      if (this.#swapped) {
        this.#held = undefined;
        this.#swapped = false;
      }
      if (this.#doubted.length > 0 && performance.now() >= this.#nextReadAt) await this.#resolveDoubts();
      else if (this.#waiting.length > 0) {
        await this.#settle(this.#waiting.splice(0, limits.maxClaimsPerAppend));
      } else break;
    }
    this.#busy = false;
    if (this.#doubted.length > 0) this.#wakeLater();
  }

  #wakeLater(): void {
    this.#timer ??= setTimeout(
      () => {
        this.#timer = undefined;
        if (!this.#busy) void this.#run();
      },
      Math.max(1, this.#nextReadAt - performance.now()),
    );
  }

  async #load(): Promise<HeldWallet> {
    if (this.#held) return this.#held;
    this.#held = await readWallet(this.#on.store, this.#viewer, this.#on.clock.now());
    return this.#held;
  }

  async #readOn(): Promise<void> {
    if (this.#held === undefined) return void (await this.#load());
    this.#held = await readWalletOn(this.#on.store, this.#viewer, this.#on.clock.now(), this.#held);
  }

  /** Reads what refusals may rest on: the wallet, the lives, the catalogue; then decides the claims again. */
  async #resolveDoubts(): Promise<void> {
    const claims = this.#doubted;
    this.#doubted = [];
    this.#nextReadAt = performance.now() + limits.walletReadEveryMs;
    try {
      await this.#on.reference.catchUp();
      await this.#readOn();
    } catch (error) {
      return this.#refuseByError(claims, error);
    }
    await this.#settle(claims, true);
  }

  /**
   * Answers every one of the claims: now, or, where it is refused and not yet `sure`, after a read of all
   * that the refusal may rest on that begins after the claim came.
   */
  async #settle(claims: readonly Pending[], sure = false): Promise<void> {
    const open = { claims };
    let receipts: Booked[];
    try {
      // On the hot path everything is known, and nothing is awaited but the append.
      if (claims.some(({ claim }) => !this.#knowsLive(claim.live))) await this.#findLives(claims, sure);
      receipts = await this.#book(open, sure);
    } catch (error) {
      return this.#refuseByError(open.claims, error);
    }
    for (const { pending, receipt } of receipts) pending.answer(receipt);
  }

  /**
   * Decides claims and appends what was decided, again where somebody else was faster.
   * @param open what is still to be answered: refusals leave it, now or for the doubted
   */
  async #book(open: { claims: readonly Pending[] }, sure: boolean): Promise<Booked[]> {
    const { store, metrics } = this.#on;
    for (let conflicts = 0; ; conflicts++) {
      const held = this.#held ?? (await this.#load());
      const { events, booked, refused, wallet } = this.#decide(open.claims, held.wallet);
      open.claims = booked;
      if (sure) for (const { pending, refusal } of refused) pending.answer(refusal);
      else for (const { pending } of refused) this.#doubted.push(pending);
      if (events.length === 0) return booked.map((pending) => receiptOf(pending, { ...held, wallet }));
      const stored = events.map(newEvent);
      const write = { stream: streams.wallet(this.#viewer), expected: held.head, events: stored };
      const result = await appendSurely(store, [write]);
      if (result.appended) {
        const next = { wallet, head: result.revisions[0]!, position: result.position };
        this.#held = next;
        metrics.booked.inc(events.length);
        return booked.map((pending) => receiptOf(pending, next));
      }
      metrics.conflicts.inc();
      if (conflicts >= limits.maxConflicts) throw new EventStoreError('unavailable', 'Others were faster.');
      await this.#readOn();
    }
  }

  #knowsLive(id: string): boolean {
    const live = this.#on.reference.live(id);
    return live !== undefined && live.status !== 'unknown';
  }

  /** A live that cannot be read refuses nothing yet: a repetition is answered without it. */
  async #findLives(claims: readonly Pending[], sure: boolean): Promise<void> {
    try {
      for (const { claim } of claims) {
        if (!this.#knowsLive(claim.live)) await this.#on.reference.findLive(claim.live);
      }
    } catch (error) {
      if (sure) throw error;
    }
  }

  /** Decides claims in order, each on what those before it decided. */
  #decide(claims: readonly Pending[], from: Wallet) {
    const now = this.#on.clock.now();
    const unfit = this.#on.unfit() !== undefined;
    const events: Event<'GiftSent'>[] = [];
    const booked: Pending[] = [];
    const refused: Refused[] = [];
    let wallet = passTime(from, now);
    for (const pending of claims) {
      const decision = sendGift(this.#command(pending.claim, now, unfit), wallet);
      if (decision.refused) {
        refused.push({ pending, refusal: decision.refusal });
        continue;
      }
      for (const event of decision.events) {
        events.push(event);
        wallet = evolveWallet(wallet, event);
      }
      booked.push(pending);
    }
    return { events, booked, refused, wallet };
  }

  #command({ combo, count, live, gift }: Claim, now: number, unfit: boolean): SendGift {
    const { reference } = this.#on;
    return {
      viewer: this.#viewer,
      combo,
      count,
      liveId: live,
      giftId: gift,
      live: reference.live(live) ?? initialLive,
      gift: reference.gift(gift),
      rate: reference.rateAt(now),
      takesNoGifts: reference.takesNoGifts(live, now),
      now,
      overloaded: unfit ? { retryAfterMs: limits.retryAfterMs } : undefined,
    };
  }

  #refuseByError(claims: readonly Pending[], error: unknown): void {
    this.#held = undefined;
    const unknown = error instanceof EventStoreError && error.code === 'outcome_unknown';
    const { retryAfterMs } = limits;
    this.#on.log[isAway(error) ? 'warn' : 'error'](
      { err: error, viewer: this.#viewer },
      'claims could not be decided',
    );
    const refusal = refuse(unknown ? 'outcome_unknown' : 'overloaded', { retryAfterMs });
    for (const { answer } of claims) answer(refusal);
  }
}

const newEvent = ({ type, data }: Event<'GiftSent'>) => ({ id: randomUUID(), type, data });

/** The combo as it stands after what answers the claim; a claim that booked nothing gets the same. */
const receiptOf = (pending: Pending, { wallet, position }: HeldWallet): Booked => {
  const combo = findCombo(wallet.combos, pending.claim.combo)!;
  const { balance } = wallet;
  return { pending, receipt: { ...comboState(combo), balance, position: position!, at: combo.at } };
};
