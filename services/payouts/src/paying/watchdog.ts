import type { OpenRedemption, OpenRedemptions } from '@carat/history';
import type { Logger } from '@carat/service-kit';
import { limits } from '../limits.ts';
import { startLoop } from '../loop.ts';
import type { PayoutsMetrics } from '../metrics.ts';
import type { Jobs } from './jobs.ts';

type Dependencies = {
  readonly open: OpenRedemptions;
  readonly jobs: Jobs;
  readonly log: Logger;
  readonly metrics: PayoutsMetrics;
};

/** Statuses in which something is to be done by this service, rather than by an operator. */
const ours: ReadonlySet<string> = new Set(['approved', 'started', 'sent']);

/**
 * Sees to it that every redemption that is to be brought forward has a job: at once where the log tells of
 * it, and again and again for those whose job was lost. The log alone says which there are.
 */
export const startWatchdog = ({ open, jobs, log, metrics }: Dependencies) => {
  let deadEnds = 0;
  let next = 0;
  const stopListening = open.onChange((redemption) => {
    // While Redis is away a job is not made; the next look makes it.
    if (open.caughtUp && ours.has(redemption.status)) jobs.add([redemption]).catch(() => undefined);
  });

  const countStatuses = (all: readonly OpenRedemption[]): void => {
    const counts = { in_review: 0, approved: 0, started: 0, sent: 0 };
    for (const { status } of all) if (status !== 'requested') counts[status] += 1;
    for (const [status, count] of Object.entries(counts)) metrics.open.set({ status }, count);
  };

  const look = async (): Promise<void> => {
    if (!open.caughtUp) return;
    const all = open.list();
    countStatuses(all);
    const due = all.filter(({ status }) => ours.has(status));
    if (next >= due.length) next = 0;
    const slice = due.slice(next, next + limits.watchdogRedemptions);
    next += slice.length;
    await jobs.add(slice);
    await jobs.retryDeadEnds(({ creator, redemption }) => open.get(creator, redemption) !== undefined);
    deadEnds = await jobs.countDeadEnds();
    metrics.deadEnds.set(deadEnds);
  };
  const loop = startLoop({ name: 'the watchdog of payouts', everyMs: limits.watchdogMs, run: look, log });

  return {
    /** For `health.add`. */
    fault: (): string | undefined => {
      if (loop.fault() !== undefined) return loop.fault();
      if (deadEnds === 0) return undefined;
      return `${deadEnds} payouts came to a dead end: they are tried again, and the log says why`;
    },
    stop: (): Promise<void> => {
      stopListening();
      return loop.stop();
    },
  };
};
