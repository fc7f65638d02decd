import { type AppendResult, appendSurely, type EventStore, type Position } from '@carat/event-store';
import { compareLogs } from './compare.ts';
import type { Place, StartProgress } from './progress.ts';
import { cutRuns } from './runs.ts';
import { type Walk, walkLog } from './walk.ts';

/** What came of copying a log. */
export type Copied = {
  /** Whether the target holds all of the source's events up to the last one named here, and no others. */
  readonly whole: boolean;
  /** How many events are alike from the first on, and of them: found in the target, and written to it now. */
  readonly events: number;
  readonly foundThere: number;
  readonly copiedNow: number;
  readonly seconds: number;
  /** The last event of the copy, and where it stands in each of the two stores. */
  readonly last: CopiedEvent | null;
  /** Whether the source held more by the time all was compared. */
  readonly sourceHasGrown: boolean;
  /** What the target holds that it must not, or lacks, as a sentence; null where it is a copy. */
  readonly difference: string | null;
  /** What of the source is not as it was written, as a sentence: only what comes before it is copied. */
  readonly damage: string | null;
};

export type CopiedEvent = {
  readonly id: string;
  readonly stream: string;
  readonly revision: number;
  readonly sourcePosition: Position;
  readonly targetPosition: Position;
};

export type CopyOptions = {
  readonly source: EventStore;
  readonly target: EventStore;
  readonly signal: AbortSignal;
  readonly startProgress: StartProgress;
};

/**
 * Copies a log, in its order and with its ids. What the target holds already is compared with the source from
 * the first event on, so that a copy that was interrupted anywhere goes on; then the rest is appended, and
 * what was appended is read back and compared. Nothing is written to a target that holds anything but the
 * beginning of the source. Of a source that is damaged, what comes before is copied.
 * @throws EventStoreError where a store cannot be read or written; what was copied until then stays
 */
export const copyLog = async ({ source, target, signal, startProgress }: CopyOptions): Promise<Copied> => {
  const since = performance.now();
  const log = walkLog(source, signal, true);
  const copy = walkLog(target, signal);
  let foundThere: number | undefined;
  const outcome = (difference?: string, sourceHasGrown = false): Copied => ({
    whole: difference === undefined && log.damage === undefined,
    events: log.passed,
    foundThere: foundThere ?? log.passed,
    copiedNow: log.passed - (foundThere ?? log.passed),
    seconds: (performance.now() - since) / 1_000,
    last: difference === undefined ? lastOf(log, copy) : null,
    sourceHasGrown,
    difference: difference ?? null,
    damage: log.damage?.message ?? null,
  });
  const compare = async (step: string, end: Position | undefined): Promise<string | undefined> => {
    const progress = startProgress(step, placeOf(copy), end);
    try {
      return await compareLogs(log, copy, () => progress.update(placeOf(copy)));
    } finally {
      progress.stop();
    }
  };

  const strange = await compare('comparing what is there', (await target.head())?.position);
  if (strange !== undefined) return outcome(strange);
  foundThere = log.passed;
  const ahead = log.fork();
  const refused = await appendRest(ahead, { source, target, signal, startProgress });
  if (refused !== undefined) return outcome(refused);
  const differs = await compare('comparing what was copied', (await target.head())?.position);
  if (differs !== undefined) return outcome(differs);
  if (log.passed < ahead.passed) {
    return outcome(
      `The target ends after ${log.passed} events, although ${ahead.passed} were written to it.`,
    );
  }
  const sourceHasGrown = (await log.ahead()).length > 0;
  return outcome(undefined, sourceHasGrown);
};

/** Appends what is ahead. @returns why the target does not take it, if so */
const appendRest = async (
  ahead: Walk,
  { source, target, signal, startProgress }: CopyOptions,
): Promise<string | undefined> => {
  const progress = startProgress('copying', placeOf(ahead), (await source.head())?.position);
  try {
    // Up to the head as it is once it is reached: a log that goes on growing would never end.
    while (!ahead.atHead) {
      for (const run of cutRuns(await ahead.ahead())) {
        signal.throwIfAborted();
        // One after the other: a store may commit appends that name different streams in any order.
        const result = await appendSurely(target, run);
        if (!result.appended) return describeConflict(result);
        ahead.pass(run.reduce((sum, write) => sum + write.events.length, 0));
        progress.update(placeOf(ahead));
      }
    }
    return undefined;
  } finally {
    progress.stop();
  }
};

const placeOf = ({ passed, last }: Walk): Place => ({ events: passed, position: last?.position });

const describeConflict = ({ conflicts }: Extract<AppendResult, { appended: false }>): string => {
  const { stream, expected, actual } = conflicts[0]!;
  const at = (place: typeof actual): string => (place === 'no_stream' ? 'not there' : `at event ${place}`);
  return (
    `The stream ${stream} is ${at(actual)} in the target, where the copy needs it ${at(expected)}: ` +
    'somebody else writes to the target, or the source lacks events.'
  );
};

const lastOf = (log: Walk, copy: Walk): CopiedEvent | null => {
  const { last } = log;
  if (!last || !copy.last) return null;
  const { id, stream, revision, position: sourcePosition } = last;
  return { id, stream, revision, sourcePosition, targetPosition: copy.last.position };
};
