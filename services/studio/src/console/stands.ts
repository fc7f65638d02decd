import type { http } from '@carat/protocol';
import { formatCount, formatNumber, formatShare } from '../shared/format.ts';

export type Stand = { readonly tone: 'good' | 'waiting' | 'bad'; readonly words: string };

/** How a unit of numbers stands, in a word or two; the first that is worth saying. */
export const standOf = (
  { checkpoint, stoppedAt }: http.UnitStands,
  progress: http.UnitProgress | undefined,
  isStill = false,
): Stand => {
  if (checkpoint === null) return { tone: 'bad', words: 'Lost' };
  if (checkpoint.torn && checkpoint.complete) return { tone: 'bad', words: 'Torn' };
  if (stoppedAt !== null) return { tone: 'bad', words: 'Parked' };
  if (progress?.inLog === false) return { tone: 'bad', words: 'Of another log' };
  if (isStill) return { tone: 'bad', words: 'Stands still' };
  if (checkpoint.complete) return { tone: 'good', words: 'Complete' };
  return { tone: 'waiting', words: progress ? `Rebuilding, ${formatShare(progress.share)}` : 'Rebuilding' };
};

/** `level`, `12 events`, `at least 20,000 events`. */
export const sayBehind = (progress: http.UnitProgress | undefined): string => {
  if (progress === undefined) return '—';
  if (progress.behind === 0) return 'level';
  return `${progress.atLeast ? 'at least ' : ''}${formatCount(progress.behind, 'event')}`;
};

const phases = {
  filling: 'is being filled',
  comparing: 'is being compared',
  ready: 'is ready to take over',
  switched: 'took over',
  stopped: 'was stopped',
  failed: 'failed',
} as const;

/** What a rebuild does, in a sentence. */
export const sayRebuild = ({
  generation,
  phase,
  events,
  remaining,
  fault,
}: http.SystemStatus['rebuild'] & {}) => {
  const left = remaining === null || remaining === 0 ? '' : `, ${formatNumber(remaining)} left`;
  const why = fault === null ? '' : `: ${fault}`;
  return `Generation ${generation} ${phases[phase]}: ${formatCount(events, 'event')} looked at${left}${why}.`;
};

/** What a `holds` of the proof means. */
export const verdictOf = (holds: boolean | null): Stand => {
  if (holds === null) return { tone: 'waiting', words: 'Not known yet' };
  return holds ? { tone: 'good', words: 'Holds' } : { tone: 'bad', words: 'Does NOT hold' };
};
