import { describeBehind } from '@carat/history';
import type { http } from '@carat/protocol';
import { formatInstant } from '../inspect/gist.ts';
import { many, wrap } from '../wording.ts';
import { moneyLines } from './describe-money.ts';
import type { Status } from './status.ts';

/** How a system stands, on one screen of 80 columns. */
export const describeStatus = ({ log, redis, progress, rebuild, money, deadEnds, ...told }: Status): string =>
  [
    headline(told.unseen.length, told.faults.length),
    ...(log ? logLines(log) : ['log: cannot be read']),
    ...(redis ? redisLines(redis, progress, rebuild) : ['redis: cannot be reached']),
    ...(money ? moneyLines(money, deadEnds) : []),
  ].join('\n');

const headline = (unseen: number, faults: number): string => {
  if (unseen > 0) return 'NOT all can be looked at.';
  if (faults === 0) return 'All is well.';
  return faults === 1 ? 'Something needs attention.' : `${faults} things need attention.`;
};

const logLines = ({ id, head, lastSeal }: http.LogStands): string[] => [
  `log ${id ?? 'without an id'}`,
  head ? `  head: position ${head.position}, ${formatInstant(head.created)}` : '  head: none, it is empty',
  `  last seal: ${lastSeal ? sealText(lastSeal) : 'none'}`,
];

const sealText = ({ number, at, events }: NonNullable<http.LogStands['lastSeal']>): string =>
  `number ${number}, ${formatInstant(at)}, ${many(events, 'event')} sealed`;

const redisLines = (
  { active, candidate, previous, abandoned, retired, queue }: http.RedisStands,
  progress: Status['progress'],
  rebuild: Status['rebuild'],
): string[] => [
  ...(active ? generationLines('is read', active, progress) : ['no generation is read']),
  ...(candidate ? candidateLines(candidate, progress, rebuild) : []),
  ...(previous ? [`generation ${previous.generation} is kept to go back to`] : []),
  ...abandoned.map((generation) => `generation ${generation} is to be dropped`),
  ...retired.map(({ generation, unit }) => wrap([`${unit} of generation ${generation}`, 'is to be dropped'])),
  queueLine(queue),
];

type Rebuild = NonNullable<Status['rebuild']>;

/** What each phase of a rebuild means for the generation that is filled. */
const phases: Readonly<Record<Rebuild['phase'], string>> = {
  filling: 'is filled',
  comparing: 'is compared',
  ready: 'waits to be approved',
  switched: 'is read from now on',
  stopped: 'is STOPPED',
  failed: 'has FAILED',
};

const candidateLines = (
  candidate: NonNullable<http.RedisStands['candidate']>,
  progress: Status['progress'],
  rebuild: Status['rebuild'],
): string[] => {
  const own = rebuild?.generation === candidate.generation ? rebuild : undefined;
  if (own?.phase === 'stopped') return generationLines(phases.stopped, candidate, progress);
  if (candidate.approved) return generationLines('takes its place', candidate, progress);
  const isFilled = own?.phase === 'ready';
  return generationLines(own ? phases[own.phase] : 'is to be filled', candidate, progress, isFilled);
};

const generationLines = (
  does: string,
  { generation, projections, units }: http.GenerationStands,
  progress: Status['progress'],
  isFilled = false,
): string[] => [
  `generation ${generation} ${does} (projections ${projections})`,
  ...units.map((stands) => unitLine(stands, progress[generation]?.[stands.unit], isFilled, widestOf(units))),
];

/** Boards of long names are not to push the others to the right. */
const maxNameColumns = 20;

const widestOf = (units: readonly http.UnitStands[]): number =>
  Math.max(...units.map(({ unit }) => unit.length).filter((length) => length <= maxNameColumns));

const unitLine = (
  stands: http.UnitStands,
  progress: http.UnitProgress | undefined,
  isFilled: boolean,
  width: number,
): string => {
  const position = `position ${stands.checkpoint?.position ?? 'none'}`;
  const isBehind = progress !== undefined && progress.behind > 0;
  return wrap([
    `  ${stands.unit.padEnd(width)}  ${describeUnit(stands, progress, isFilled)},`,
    ...(isBehind ? [`${position},`, `${describeBehind(progress)} behind`] : [position]),
  ]);
};

/** @param isFilled it waits to be approved, and follows what is read meanwhile */
const describeUnit = (
  { checkpoint, stoppedAt }: http.UnitStands,
  progress: http.UnitProgress | undefined,
  isFilled: boolean,
): string => {
  if (checkpoint === null) return 'LOST';
  if (checkpoint.torn && checkpoint.complete) return 'TORN';
  if (stoppedAt !== null) return 'STOPPED';
  if (checkpoint.complete) return 'complete';
  if (isFilled) return 'filled';
  return progress ? `rebuilding, ${Math.floor(progress.share * 100)} %` : 'rebuilding';
};

const queueLine = ({ waiting, active, delayed, failed, paused }: http.QueueStands): string =>
  `queue: ${waiting} waiting, ${active} active, ${delayed} delayed, ${failed} failed` +
  `${paused ? ', PAUSED' : ''}`;
