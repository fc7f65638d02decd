import { setTimeout as pause } from 'node:timers/promises';
import type { Position } from '@carat/event-store';
import {
  activeGeneration,
  type Generation,
  type RebuildPhase,
  type RebuildReport,
  type RedisClient,
  readRebuild,
} from '@carat/read-models';
import type { Place, Progress, StartProgress } from '../copy/progress.ts';
import { limits } from '../limits.ts';
import { CommandError } from '../outcome.ts';

/** The generation that is read. @throws CommandError where there is none */
export const readActive = async (redis: RedisClient): Promise<Generation> => {
  const active = await activeGeneration(redis);
  if (active === undefined) {
    throw new CommandError('Redis holds no numbers yet: start a projector, which fills them.');
  }
  return active;
};

/** A rebuild that has come to an end of its own: it waits to be approved, or was switched to. */
export type Followed = {
  readonly report: RebuildReport;
  /** How many events it was filled from, in what time; undefined where that was over before this looked. */
  readonly filled: { readonly events: number; readonly ms: number } | undefined;
};

/**
 * Shows how a candidate is filled, and says when it is compared, until it is ready to be approved, or has
 * taken its place. The work is a projector's: ending this ends nothing of it.
 * @throws CommandError where nobody is at work, or where it failed
 */
export const followCandidate = async (
  redis: RedisClient,
  candidate: string,
  { start, say }: { readonly start: StartProgress; readonly say: (line: string) => void },
  signal: AbortSignal,
): Promise<Followed> => {
  let bar: Progress | undefined;
  let phase: RebuildPhase | undefined;
  let filled: Followed['filled'];
  const show = (report: RebuildReport): void => {
    const { events, position, head } = report;
    const place: Place = { events, position: (position ?? undefined) as Position | undefined };
    if (report.phase === 'filling')
      bar ??= start('filling', place, (head ?? undefined) as Position | undefined);
    if (phase === 'filling' && report.phase !== 'filling') {
      bar?.stop();
      filled = { events, ms: report.at - report.since };
    }
    if (phase !== 'comparing' && report.phase === 'comparing') say('Comparing with what is read now …');
    phase = report.phase;
    if (phase === 'filling') bar?.update(place);
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
        if (report.phase === 'ready' || report.phase === 'switched') return { report, filled };
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
    bar?.stop();
  }
};

/** Waits until an approved candidate is the one that is read. @throws CommandError */
export const awaitSwitch = async (
  redis: RedisClient,
  candidate: string,
  signal: AbortSignal,
): Promise<void> => {
  const deadline = performance.now() + limits.maxRebuildMs;
  while ((await readActive(redis)).generation !== candidate) {
    if (performance.now() > deadline) {
      throw new CommandError('The new numbers are approved, but have not taken their place yet.');
    }
    await pause(limits.rebuildPollMs, undefined, { signal });
  }
};
