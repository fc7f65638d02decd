import { formatInstant } from '../inspect/gist.ts';
import { limits } from '../limits.ts';
import type { LogStands } from './log.ts';
import type { UnitProgress } from './progress.ts';
import type { GenerationStands, RedisStands, UnitStands } from './redis.ts';
import type { Seen } from './seen.ts';

/** What an operator should see to, in a sentence each; of what was not seen, nothing. */
export const findFaults = ({ log, redis, progress, still }: Seen, now: number): string[] => [
  ...(log ? logFaults(log, now) : []),
  ...(redis ? redisFaults(redis, log) : []),
  ...(redis?.active ? unitFaults(redis.active, progress[redis.active.generation], still) : []),
  ...(redis?.candidate
    ? stopFaults(redis.candidate.units, `the generation ${redis.candidate.generation}`)
    : []),
];

const logFaults = ({ unsealedSince, lastSeal }: LogStands, now: number): string[] => {
  if (unsealedSince === null || now - unsealedSince < limits.maxUnsealedMs) return [];
  const last = lastSeal === null ? '' : `, the last seal is of ${formatInstant(lastSeal.at)}`;
  return [`Nothing is sealed since ${formatInstant(unsealedSince)}${last}: is a projector at work?`];
};

const redisFaults = ({ active, queue }: RedisStands, log: LogStands | null): string[] => [
  ...(active === null ? ['Redis holds no numbers: is a projector at work?'] : []),
  ...(active !== null && log?.id && active.log !== log.id
    ? [`The numbers are of another log, ${active.log}: is a projector at work?`]
    : []),
  ...(queue.paused ? ['The queue of wake-ups is paused, so numbers come late: resume it.'] : []),
];

const unitFaults = (
  { units }: GenerationStands,
  progress: Readonly<Record<string, UnitProgress>> | undefined,
  still: readonly string[],
): string[] => [
  ...stopFaults(units, 'the numbers that are read'),
  ...units
    .filter(({ stoppedAt }) => stoppedAt === null)
    .flatMap((stands) => unitFault(stands, progress?.[stands.unit], still.includes(stands.unit)) ?? []),
];

const unitFault = (
  { unit, checkpoint }: UnitStands,
  progress: UnitProgress | undefined,
  isStill: boolean,
): string | undefined => {
  if (checkpoint === null) return `${unit} has lost its checkpoint.`;
  if (checkpoint.torn) return `${unit} is torn: a change of its numbers broke off in the middle.`;
  if (progress?.inLog === false) {
    return `${unit} stands at position ${checkpoint.position}, which the log has not as it was applied.`;
  }
  const idle = isStill ? ', and stands still: is a projector at work?' : '.';
  if (!checkpoint.complete) return `${unit} is being rebuilt${idle}`;
  const many = progress === undefined ? undefined : describeBehind(progress);
  if (isStill) return `${unit} is ${many} behind${idle}`;
  return (progress?.behind ?? 0) >= limits.maxBehindEvents ? `${unit} is ${many} behind.` : undefined;
};

const stopFaults = (units: readonly UnitStands[], where: string): string[] =>
  units.flatMap(({ unit, stoppedAt }) =>
    stoppedAt === null
      ? []
      : [
          `${unit} of ${where} is stopped at event ${stoppedAt.event}, position ${stoppedAt.position}: ` +
            `${stoppedAt.fault} (see carat park list)`,
        ],
  );

/** How many events a unit is behind, in words. */
export const describeBehind = ({ behind }: UnitProgress): string => {
  const many = `${behind} event${behind === 1 ? '' : 's'}`;
  return behind >= limits.maxBehindEvents ? `at least ${many}` : many;
};
