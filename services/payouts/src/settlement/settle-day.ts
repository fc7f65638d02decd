import { beginDay, type DayEarnings, finishDay, type Settlement, streams } from '@carat/domain';
import type { EventStore } from '@carat/event-store';
import { type Cut, type Folded, walkSettledGifts } from '@carat/history';
import type { Clock } from '@carat/service-kit';
import { appendDecided } from '../append.ts';
import { limits } from '../limits.ts';
import type { PayoutsMetrics } from '../metrics.ts';
import { settleCreators } from './settle-creators.ts';

type Dependencies = {
  readonly store: EventStore;
  readonly clock: Clock;
  readonly metrics: PayoutsMetrics;
  /** Breaks off between two appends. */
  readonly signal: AbortSignal;
};

/**
 * Settles a closed day for all who earned between its cut and the one before, and then says so. Memory grows
 * with the creators who earned. Broken off anywhere it is done again from the start, to the same end.
 * @throws EventStoreError, UnreadableEvent, AbortError
 */
export const settleDay = async (
  { store, clock, metrics, signal }: Dependencies,
  cut: Cut,
  readSettlement: () => Promise<Folded<Settlement>>,
): Promise<void> => {
  const began = performance.now();
  const { state: settlement } = await readSettlement();
  const day = beginDay(cut.day);
  for await (const gifts of walkSettledGifts(store, cut, { signal })) {
    for (const { id, gift } of gifts) day.book(id, gift);
  }

  const sums = { creators: day.creators, gifts: 0, coins: 0n, millidiamonds: 0n };
  let batch: DayEarnings[] = [];
  const settleBatch = async (): Promise<void> => {
    signal.throwIfAborted();
    metrics.creatorsSettled.inc(await settleCreators({ store, clock }, batch, settlement));
    batch = [];
  };
  for (const earned of day.earned()) {
    sums.gifts += earned.gifts;
    sums.coins += earned.coins;
    sums.millidiamonds += earned.millidiamonds;
    batch.push(earned);
    if (batch.length === limits.settleStreams) await settleBatch();
  }
  if (batch.length > 0) await settleBatch();

  const amounts = { coins: String(sums.coins), millidiamonds: String(sums.millidiamonds) };
  for (let appended = false; !appended; ) {
    signal.throwIfAborted();
    const { state, expected } = await readSettlement();
    const decision = finishDay({ day: cut.day, ...sums, ...amounts, now: clock.now() }, state);
    if (decision.refused) throw new Error(`${cut.day} can't be settled yet: ${decision.refusal}.`);
    appended =
      decision.events.length === 0 ||
      (await appendDecided(store, streams.settlement, expected, decision.events));
  }
  metrics.settleSeconds.set((performance.now() - began) / 1_000);
};
