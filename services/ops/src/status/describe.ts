import { formatInstant } from '../inspect/gist.ts';
import { describeBehind } from './faults.ts';
import type { LogStands } from './log.ts';
import type { UnitProgress } from './progress.ts';
import type { GenerationStands, QueueStands, RedisStands, UnitStands } from './redis.ts';
import type { Status } from './status.ts';

/** How a system stands, on one screen of 80 columns. */
export const describeStatus = ({ log, redis, progress, unseen, faults }: Status): string =>
  [
    headline(unseen.length, faults.length),
    ...(log ? logLines(log) : ['log: cannot be read']),
    ...(redis ? redisLines(redis, progress) : ['redis: cannot be reached']),
  ].join('\n');

const headline = (unseen: number, faults: number): string => {
  if (unseen > 0) return 'NOT all can be looked at.';
  if (faults === 0) return 'All is well.';
  return faults === 1 ? 'Something needs attention.' : `${faults} things need attention.`;
};

const logLines = ({ id, head, lastSeal }: LogStands): string[] => [
  `log ${id ?? 'without an id'}`,
  head ? `  head: position ${head.position}, ${formatInstant(head.created)}` : '  head: none, it is empty',
  `  last seal: ${lastSeal ? sealText(lastSeal) : 'none'}`,
];

const sealText = ({ number, at, events }: NonNullable<LogStands['lastSeal']>): string =>
  `number ${number}, ${formatInstant(at)}, ${events} events sealed`;

const redisLines = (
  { active, candidate, previous, abandoned, queue }: RedisStands,
  progress: Status['progress'],
): string[] => [
  ...(active ? generationLines('is read', active, progress) : ['no generation is read']),
  ...(candidate
    ? generationLines(candidate.approved ? 'takes its place' : 'is compared', candidate, progress)
    : []),
  ...(previous ? [`generation ${previous.generation} is kept to go back to`] : []),
  ...abandoned.map((generation) => `generation ${generation} is to be dropped`),
  queueLine(queue),
];

const generationLines = (
  does: string,
  { generation, projections, units }: GenerationStands,
  progress: Status['progress'],
): string[] => [
  `generation ${generation} ${does} (projections ${projections})`,
  ...units.map((stands) => unitLine(stands, progress[generation]?.[stands.unit])),
];

const unitLine = (stands: UnitStands, progress: UnitProgress | undefined): string => {
  const position = stands.checkpoint?.position ?? 'none';
  const behind = progress && progress.behind > 0 ? `, ${describeBehind(progress)} behind` : '';
  return `  ${stands.unit.padEnd(9)} ${describeUnit(stands, progress)}, position ${position}${behind}`;
};

const describeUnit = ({ checkpoint, stoppedAt }: UnitStands, progress: UnitProgress | undefined): string => {
  if (checkpoint === null) return 'LOST';
  if (checkpoint.torn) return 'TORN';
  if (stoppedAt !== null) return 'STOPPED';
  if (checkpoint.complete) return 'complete';
  return progress ? `rebuilding, ${Math.floor(progress.share * 100)} %` : 'rebuilding';
};

const queueLine = ({ waiting, active, delayed, failed, paused }: QueueStands): string =>
  `queue: ${waiting} waiting, ${active} active, ${delayed} delayed, ${failed} failed` +
  `${paused ? ', PAUSED' : ''}`;
