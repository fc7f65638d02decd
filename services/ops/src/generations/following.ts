import { setTimeout as pause } from 'node:timers/promises';
import type { Position } from '@carat/event-store';
import {
  activeGeneration,
  type Generation,
  type RebuildPhase,
  type RebuildReport,
  readRebuild,
} from '@carat/read-models';
import type { Redis } from 'ioredis';
import type { Progress, StartProgress } from '../copy/progress.ts';
import { limits } from '../limits.ts';
import { CommandError } from '../outcome.ts';

/** The generation that is read. @throws CommandError where there is none */
export const readActive = async (redis: Redis): Promise<Generation> => {
  const active = await activeGeneration(redis);
  if (active === undefined) {
    throw new CommandError('Redis holds no numbers yet: start a projector, which fills them.');
  }
  return active;
};

/** What takes its time; the other phases are ends of it. */
const steps: ReadonlySet<RebuildPhase> = new Set(['filling', 'comparing']);

/**
 * Shows how a candidate is filled and compared, until it is ready to be approved, or has taken its place. The
 * work is a projector's: ending this ends nothing of it.
 * @throws CommandError where nobody is at work, or where it failed
 */
export const followCandidate = async (
  redis: Redis,
  candidate: string,
  start: StartProgress,
  signal: AbortSignal,
): Promise<RebuildReport> => {
  let bar: { readonly phase: RebuildPhase; readonly progress: Progress } | undefined;
  const show = ({ phase, events, position, head }: RebuildReport): void => {
    if (!steps.has(phase)) return;
    const place = { events, position: (position ?? undefined) as Position | undefined };
    if (bar?.phase !== phase) {
      bar?.progress.stop();
      const begin = { events: 0, position: undefined };
      bar = { phase, progress: start(phase, begin, (head ?? undefined) as Position | undefined) };
    }
    bar.progress.update(place);
  };
  let last: { readonly at: number; readonly seen: number } | undefined;
  try {
    for (;;) {
      signal.throwIfAborted();
      const report = await readRebuild(redis);
      const isOurs = report?.generation === candidate;
      const now = performance.now();
      if (last === undefined || (isOurs && report.at !== last.at)) {
        last = { at: isOurs ? report.at : 0, seen: now };
      }
      if (isOurs) {
        show(report);
        if (report.phase === 'ready' || report.phase === 'switched') return report;
        if (report.phase === 'stopped' || report.phase === 'failed') {
          throw new CommandError(`The rebuild ${report.phase}: ${report.fault ?? 'nobody knows why'}.`);
        }
      }
      if (now - last.seen > limits.maxRebuildSilenceMs) {
        throw new CommandError(
          'No projector of this version is at work on it: start one. The rebuild goes on by itself then.',
        );
      }
      await pause(limits.rebuildPollMs, undefined, { signal });
    }
  } finally {
    bar?.progress.stop();
  }
};

/** Waits until an approved candidate is the one that is read. @throws CommandError */
export const awaitSwitch = async (redis: Redis, candidate: string, signal: AbortSignal): Promise<void> => {
  const deadline = performance.now() + limits.maxRebuildMs;
  while ((await readActive(redis)).generation !== candidate) {
    if (performance.now() > deadline) {
      throw new CommandError('The new numbers are approved, but have not taken their place yet.');
    }
    await pause(limits.rebuildPollMs, undefined, { signal });
  }
};
