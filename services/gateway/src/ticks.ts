import { monitorEventLoopDelay } from 'node:perf_hooks';
import { limits } from './limits.ts';
import type { GatewayMetrics } from './metrics.ts';

/** How many times its usual length a tick has, after a second in which the event loop lagged so much. */
export const stretchOf = (stretch: number, lagMs: number): number => {
  if (lagMs > limits.stretchAboveLagMs) return Math.min(2 * stretch, limits.maxTickMs / limits.creatorTickMs);
  return lagMs < limits.stretchAboveLagMs / 2 ? Math.max(1, stretch / 2) : stretch;
};

/** How late the event loop is: what nine in ten of its turns since the last look stayed below, in ms. */
export const watchLag = (): { lagMs(): number; close(): void } => {
  const delays = monitorEventLoopDelay({ resolution: limits.lagResolutionMs });
  delays.enable();
  return {
    lagMs() {
      // What is recorded is the time from one look to the next, so the pause between them is in it.
      const lag = delays.count === 0 ? 0 : delays.percentile(90) / 1e6 - limits.lagResolutionMs;
      delays.reset();
      return Math.max(0, lag);
    },
    close: () => void delays.disable(),
  };
};

type Side = 'creator' | 'viewers';
const usualMs = { creator: limits.creatorTickMs, viewers: limits.viewerTickMs } as const;

/** Ticks for each side at its own pace, and more rarely while the event loop lags: load makes less work. */
export const keepTicking = (
  tick: (side: Side) => void,
  metrics: Pick<GatewayMetrics, 'stretchedTicks'>,
  lag = watchLag(),
): { close(): void } => {
  let stretch = 1;
  const timers = new Map<Side, NodeJS.Timeout>();
  const regularly = setInterval(() => {
    stretch = stretchOf(stretch, lag.lagMs());
  }, limits.lagEveryMs);

  const tickOn = (side: Side): void => {
    const wait = Math.min(usualMs[side] * stretch, limits.maxTickMs);
    const next = setTimeout(() => {
      if (stretch > 1) metrics.stretchedTicks.inc();
      tick(side);
      tickOn(side);
    }, wait);
    timers.set(side, next);
  };
  tickOn('creator');
  tickOn('viewers');

  return {
    close() {
      clearInterval(regularly);
      for (const timer of timers.values()) clearTimeout(timer);
      lag.close();
    },
  };
};
