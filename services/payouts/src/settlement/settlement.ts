import { closeDay, streams, unsettledDays } from '@carat/domain';
import type { EventStore } from '@carat/event-store';
import { foldStream, readCuts, settlementFold } from '@carat/history';
import type { Clock, Logger } from '@carat/service-kit';
import { appendDecided } from '../append.ts';
import { limits } from '../limits.ts';
import { startLoop } from '../loop.ts';
import type { PayoutsMetrics } from '../metrics.ts';
import { settleDay } from './settle-day.ts';

export type SettlementDependencies = {
  readonly store: EventStore;
  readonly clock: Clock;
  /** What is wrong with the clock, asked right before a day is closed: one that is wrong closes none. */
  readonly clockFault: () => string | undefined | Promise<string | undefined>;
  /** For how many days what is settled from now on is held. */
  readonly holdDays: number;
  /** How long after midnight a day is closed at the earliest. */
  readonly graceMs: number;
  readonly log: Logger;
  readonly metrics: PayoutsMetrics;
};

/**
 * One look: closes yesterday where it is time, and settles what is closed and not settled, in order. What
 * exact revisions refuse, another process has done.
 * @throws EventStoreError, UnreadableEvent, AbortError
 */
export const createSettlement = (dependencies: SettlementDependencies) => {
  const { store, clock, clockFault, holdDays, graceMs, log, metrics } = dependencies;
  const settlement = foldStream(store, settlementFold);

  const close = async (): Promise<void> => {
    const { state, expected } = await settlement.read();
    const { events } = closeDay({ holdDays, graceMs, now: clock.now() }, state);
    if (events.length === 0 || (await clockFault()) !== undefined) return;
    if (!(await appendDecided(store, streams.settlement, expected, events))) return;
    metrics.daysClosed.inc();
    log.info({ day: events[0]?.data.day }, 'a day is closed');
  };

  return async (signal: AbortSignal): Promise<void> => {
    await close();
    const days = unsettledDays((await settlement.read()).state);
    if (days.length === 0) return;
    const cuts = new Map((await readCuts(store)).map((cut) => [cut.day, cut]));
    for (const day of days) {
      const cut = cuts.get(day);
      if (cut === undefined) throw new Error(`The closing of ${day} is not in the log any more.`);
      await settleDay({ store, clock, metrics, signal }, cut, settlement.read);
      log.info({ day }, 'a day is settled');
    }
  };
};

/** Closes and settles days, for as long as it runs. */
export const startSettlement = (dependencies: SettlementDependencies) =>
  startLoop({
    name: 'settlement',
    everyMs: limits.settleLookMs,
    run: createSettlement(dependencies),
    log: dependencies.log,
  });
