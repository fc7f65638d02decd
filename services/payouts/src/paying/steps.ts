import {
  giveUpPayout,
  maxSendDelayMs,
  maySend,
  type Redemption,
  startPayout,
  withdrawPayout,
} from '@carat/domain';
import { listAll } from '@carat/history';
import {
  type BegunPayout,
  type PayoutProvider,
  type PayoutState,
  ProviderError,
} from '@carat/payout-providers';
import type { Clock, Logger } from '@carat/service-kit';
import type { Books } from '../books.ts';
import { limits } from '../limits.ts';
import type { Calls } from './calls.ts';
import type { Outcomes } from './outcomes.ts';

export type Dependencies = {
  readonly books: Books;
  readonly calls: Calls;
  readonly outcomes: Outcomes;
  readonly clock: Clock;
  /** What is wrong with the clock: nothing is sent by one that is known to be wrong. */
  readonly clockFault: () => string | undefined;
  readonly log: Logger;
  /** Waits for so many ms. */
  readonly wait: (ms: number) => Promise<unknown>;
};

/** Where a redemption is after a step: at an end, or to be looked at again, at once or later. */
export type Progress = 'done' | 'again' | { readonly againAfterMs: number };

type Payout = Redemption & {
  readonly creator: string;
  readonly payout: NonNullable<Redemption['payout']>;
};

/** How long to wait until a payout is asked for again: the older it is, the longer. */
export const pauseMs = (ageMs: number): number =>
  Math.min(limits.maxLookMs, Math.max(limits.minLookMs, ageMs / 4));

/**
 * Brings a redemption forward by a step, by what the log says when it begins; whatever that does is harmless
 * when it is done twice or broken off, wherever it is.
 */
export const createSteps =
  (dependencies: Dependencies) =>
  /** @throws ProviderError, ProviderMissing, EventStoreError: to be tried again */
  async (creator: string, redemption: string): Promise<Progress> => {
    const known = await find(dependencies, creator, redemption);
    if (known?.status === 'approved') return start(dependencies, creator, known);
    const payout = payoutOf(creator, known);
    if (payout?.status === 'started') return resume(dependencies, payout);
    return payout?.status === 'sent' ? lookUp(dependencies, payout) : 'done';
  };

export type Steps = ReturnType<typeof createSteps>;

const find = async ({ books }: Dependencies, creator: string, redemption: string) =>
  (await books.earnings(creator)).state.redemptions.get(redemption);

const payoutOf = (creator: string, known: Redemption | undefined): Payout | undefined =>
  known?.payout ? { ...known, creator, payout: known.payout } : undefined;

const begun = ({ payout, method, quote, reference, isListName }: Payout): BegunPayout => ({
  key: payout.key,
  recipient: method.reference,
  amountMinor: quote.net,
  currency: quote.currency,
  startedAt: payout.startedAt,
  reference: isListName ? null : reference,
});

const later = ({ clock }: Dependencies, { payout }: Payout): Progress => ({
  againAfterMs: pauseMs(clock.now() - payout.startedAt),
});

const book = async (dependencies: Dependencies, known: Payout, state: PayoutState): Promise<Progress> => {
  const { creator, redemption, payout } = known;
  const of = { provider: payout.provider, creator, redemption };
  const became = await dependencies.outcomes.book(of, state);
  if (became !== 'booked' && became !== 'known') return { againAfterMs: limits.heldLookMs };
  return state.outcome === 'sent' ? later(dependencies, known) : 'done';
};

/** Its key has paid somebody else, or something else: an operator must look, and nothing is booked. */
const holdTaken = async ({ outcomes }: Dependencies, known: Payout): Promise<Progress> => {
  const { creator, redemption, payout } = known;
  const of = { provider: payout.provider, creator, redemption };
  await outcomes.contradict(of, 'payout_contradicts_log', 'has used its key for another payment');
  return { againAfterMs: limits.heldLookMs };
};

const pay = ({ calls }: Dependencies, provider: PayoutProvider, known: Payout): Promise<PayoutState> => {
  const { key, recipient, amountMinor, currency } = begun(known);
  return calls.count(provider.name, 'pay', provider.pay({ key, recipient, amountMinor, currency }));
};

const look = ({ calls }: Dependencies, provider: PayoutProvider, known: Payout) =>
  calls.count(provider.name, 'look', provider.look(begun(known)));

/**
 * Only who appends the start goes on to send, and is the only one to call for a while; all others find the
 * payout started. None is started with a provider that takes no calls.
 */
const start = async (
  dependencies: Dependencies,
  creator: string,
  { redemption, method }: Redemption,
): Promise<Progress> => {
  const { books, calls, clock, clockFault, log } = dependencies;
  const provider = calls.find(method.provider);
  if (clockFault() !== undefined) return { againAfterMs: limits.clockLookMs };
  await calls.check(provider);
  const began = performance.now();
  const { state: standing } = await books.standing(creator);
  const decision = await books.decide(creator, (earnings) =>
    startPayout({ creator, redemption, now: clock.now() }, earnings, standing),
  );
  if (decision.refused) {
    if (decision.refusal.refused === 'redemption_too_late') return 'again';
    const { refused } = decision.refusal;
    calls.hold(refused);
    log.warn({ creator, redemption, refused }, 'a payout is held up');
    return { againAfterMs: limits.heldLookMs };
  }
  const known = payoutOf(creator, await find(dependencies, creator, redemption));
  return known?.status === 'started' ? sendFirst(dependencies, known, provider, began) : 'again';
};

/**
 * A refusal ends the payout. Where no call may have paid, the start is taken back, so that an outage costs no
 * more than its own time.
 * @param began before the start was appended, by this process's own monotonic clock
 */
const sendFirst = async (
  dependencies: Dependencies,
  known: Payout,
  provider: PayoutProvider,
  began: number,
): Promise<Progress> => {
  let state: PayoutState | undefined;
  try {
    state = await payFirst(dependencies, known, provider, began);
  } catch (error) {
    if (!(error instanceof ProviderError) || error.code === 'outcome_unknown') throw error;
    if (error.code === 'key_taken') return holdTaken(dependencies, known);
    if (error.code !== 'refused') return withdraw(dependencies, known, error, began);
    state = { outcome: 'failed', reference: null, reason: error.message };
  }
  return state ? book(dependencies, known, state) : 'again';
};

/**
 * The provider is asked first: the payout may have been made before the log was restored from a backup. Calls
 * that certainly paid nothing are made again while nobody else calls.
 * @returns undefined where it may not be sent any more
 * @throws ProviderError of the last call: only where it is `outcome_unknown` may any call have paid
 */
const payFirst = async (
  dependencies: Dependencies,
  known: Payout,
  provider: PayoutProvider,
  began: number,
): Promise<PayoutState | undefined> => {
  const found = await look(dependencies, provider, known);
  if (found) return found;
  for (let call = 1; ; call++) {
    if (performance.now() - began >= limits.firstCallMs) {
      throw new ProviderError('unavailable', `There was no time left to call ${provider.name} alone.`);
    }
    if (!maySend(known, dependencies.clock.now())) return undefined;
    try {
      return await pay(dependencies, provider, known);
    } catch (error) {
      const isBusy = error instanceof ProviderError && error.code === 'unavailable';
      if (!isBusy || error.retryAfterMs !== undefined || call === limits.firstCalls) throw error;
      await dependencies.wait(limits.firstCallPauseMs * 2 ** (call - 1));
    }
  }
};

/** Takes the start back; it is made anew the later, the longer this goes on. */
const withdraw = async (
  { books, clock, log }: Dependencies,
  { creator, redemption, payout: { startedAt }, requestedAt }: Payout,
  { message, retryAfterMs = 0 }: ProviderError,
  began: number,
): Promise<Progress> => {
  const decision = await books.decide(creator, (earnings) =>
    withdrawPayout(
      {
        ...{ creator, redemption, startedAt, reason: `not paid, and taken back: ${message}` },
        ...{ sinceStartMs: performance.now() - began, soleMs: limits.withdrawMs, now: clock.now() },
      },
      earnings,
    ),
  );
  if (decision.refused) return 'again';
  log.warn({ creator, redemption, reason: message }, 'a payout could not be made: it is started anew later');
  const askedMs = Math.min(limits.maxRetryAfterMs, retryAfterMs);
  return { againAfterMs: Math.max(limits.minRestartMs, askedMs, pauseMs(clock.now() - requestedAt)) };
};

/**
 * A payout that somebody started and of which nothing is known. It is looked up; then asked for again by its
 * key, while the provider surely knows that, and once nobody else is the only one to call. A refusal says
 * nothing here: another call may be under way. In the end the provider's complete list tells.
 */
const resume = async (dependencies: Dependencies, known: Payout): Promise<Progress> => {
  const { calls, clock, clockFault, log } = dependencies;
  const provider = calls.find(known.payout.provider);
  const found = await look(dependencies, provider, known);
  if (found) return book(dependencies, known, found);
  const aloneMs = known.payout.startedAt + limits.soleCallMs - clock.now();
  if (aloneMs > 0) return { againAfterMs: aloneMs };
  if (clockFault() !== undefined) return { againAfterMs: limits.clockLookMs };
  if (!maySend(known, clock.now())) return conclude(dependencies, known, provider);
  try {
    return await book(dependencies, known, await pay(dependencies, provider, known));
  } catch (error) {
    if (!(error instanceof ProviderError)) throw error;
    if (error.code === 'key_taken') return holdTaken(dependencies, known);
    if (error.code !== 'refused') throw error;
    log.warn({ key: known.payout.key, reason: error.message }, 'a payout is refused that may have been made');
    return later(dependencies, known);
  }
};

/** What becomes of a payout that nobody may send any more, and that the provider does not find. */
const conclude = async (
  dependencies: Dependencies,
  known: Payout,
  provider: PayoutProvider,
): Promise<Progress> => {
  const listed = await searchList(dependencies, provider, known);
  if (listed === undefined) return later(dependencies, known);
  if (listed !== 'not_made') return book(dependencies, known, listed);
  const { creator, redemption } = known;
  const reason = `the complete list of ${provider.name} does not hold it`;
  const memory = { memoryMs: provider.memoryMs, marginMs: limits.giveUpMarginMs };
  const decision = await dependencies.books.decide(creator, (earnings) =>
    giveUpPayout({ creator, redemption, reason, ...memory, now: dependencies.clock.now() }, earnings),
  );
  const mayStillBeMade = decision.refused && decision.refusal === 'payout_may_still_be_made';
  return mayStillBeMade ? later(dependencies, known) : 'again';
};

/** Undefined: the list does not say; `not_made`: it is complete for the time, and does not hold it. */
const searchList = async (
  { calls, log }: Dependencies,
  provider: PayoutProvider,
  { payout }: Payout,
): Promise<PayoutState | 'not_made' | undefined> => {
  const from = payout.startedAt - limits.giveUpMarginMs;
  const to = payout.startedAt + maxSendDelayMs + limits.giveUpMarginMs;
  const { payouts, completeTo } = await calls.count(provider.name, 'list', listAll(provider, { from, to }));
  const listed = payouts.find(({ key }) => key === payout.key);
  if (listed === undefined) return completeTo >= to ? 'not_made' : undefined;
  if (listed.referenceFrom === 'pay') return listed.state;
  log.warn({ key: payout.key }, 'a payout is listed, but not found');
  return undefined;
};

const lookUp = async (dependencies: Dependencies, known: Payout): Promise<Progress> => {
  const state = await look(dependencies, dependencies.calls.find(known.payout.provider), known);
  if (state) return book(dependencies, known, state);
  dependencies.log.warn({ key: known.payout.key }, 'a provider does not know what it told of');
  return later(dependencies, known);
};
