import { type http, kindOf, type Unit } from '@carat/protocol';
import { limits } from '../limits.ts';

/** What an operator should see to, in a sentence each; of what was not seen, nothing. */
export const findFaults = (
  { log, redis, progress, still }: http.Seen,
  now: number,
  rebuild: http.SystemStatus['rebuild'] = null,
): string[] => [
  ...(log ? logFaults(log, now) : []),
  ...(redis ? redisFaults(redis, log) : []),
  ...(redis?.active ? unitFaults(redis.active, progress[redis.active.generation], still) : []),
  ...(redis?.candidate
    ? stopFaults(redis.candidate.units, `the generation ${redis.candidate.generation}`)
    : []),
  ...(rebuild?.phase === 'stopped' && rebuild.generation === redis?.candidate?.generation
    ? [`The rebuild of generation ${rebuild.generation} is stopped: ${rebuild.fault ?? 'nobody knows why'}`]
    : []),
];

const logFaults = ({ unsealedSince, lastSeal }: http.LogStands, now: number): string[] => {
  if (unsealedSince === null || now - unsealedSince < limits.maxUnsealedMs) return [];
  const last = lastSeal === null ? '' : `, the last seal is of ${instantText(lastSeal.at)}`;
  return [`Nothing is sealed since ${instantText(unsealedSince)}${last}: is a projector at work?`];
};

const redisFaults = ({ active, queue }: http.RedisStands, log: http.LogStands | null): string[] => [
  ...(active === null ? ['Redis holds no numbers: is a projector at work?'] : []),
  ...(active !== null && log?.id && active.log !== log.id
    ? [`The numbers are of another log, ${active.log}: is a projector at work?`]
    : []),
  ...(queue.paused ? ['The queue of wake-ups is paused, so numbers come late: resume it.'] : []),
];

const unitFaults = (
  { units }: http.GenerationStands,
  progress: Readonly<Record<string, http.UnitProgress>> | undefined,
  still: readonly string[],
): string[] => [
  ...stopFaults(units, 'the numbers that are read'),
  ...units
    .filter(({ stoppedAt }) => stoppedAt === null)
    .flatMap((stands) => unitFault(stands, progress?.[stands.unit], still.includes(stands.unit)) ?? []),
];

const unitFault = (
  { unit, checkpoint }: http.UnitStands,
  progress: http.UnitProgress | undefined,
  isStill: boolean,
): string | undefined => {
  if (checkpoint === null) return `${unit} has lost its checkpoint.`;
  // While it is filled, a unit is in the middle of a change now and then.
  if (checkpoint.torn && checkpoint.complete)
    return `${unit} is torn: a change of its numbers broke off in the middle.`;
  if (progress?.inLog === false) {
    return `${unit} stands at position ${checkpoint.position}, which the log has not as it was applied.`;
  }
  const idle = isStill ? ', and stands still: is a projector at work?' : '.';
  // While a board that an operator has just defined is filled, nothing else is amiss.
  if (!checkpoint.complete)
    return isStill || kindOf(unit as Unit) !== 'board' ? `${unit} is being rebuilt${idle}` : undefined;
  const many = progress === undefined ? undefined : describeBehind(progress);
  if (isStill) return `${unit} is ${many} behind${idle}`;
  return (progress?.behind ?? 0) >= limits.faultyBehindEvents ? `${unit} is ${many} behind.` : undefined;
};

const stopFaults = (units: readonly http.UnitStands[], where: string): string[] =>
  units.flatMap(({ unit, stoppedAt }) =>
    stoppedAt === null
      ? []
      : [
          `${unit} of ${where} is stopped at event ${stoppedAt.event}, position ${stoppedAt.position}: ` +
            `${stoppedAt.fault} (see carat park list)`,
        ],
  );

/** How many events a unit is behind, in words. */
export const describeBehind = ({ behind, atLeast }: http.UnitProgress): string => {
  const many = `${behind} event${behind === 1 ? '' : 's'}`;
  return atLeast ? `at least ${many}` : many;
};

/** UTC, to the second. */
const instantText = (ms: number): string => new Date(ms).toISOString().slice(0, 19).replace('T', ' ');
