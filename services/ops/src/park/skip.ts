import { skipNameOf } from '@carat/protocol';
import { type CommandContext, CommandError, exitCodes } from '../outcome.ts';
import { ask } from '../restore/ask.ts';
import { awaitUnit, type Came, describeCame } from './awaiting.ts';
import { notStopped } from './retry.ts';
import { findDayWithout } from './settled.ts';
import { decideSkips, eventSkipped, eventUnskipped, type SkipEvent, unitsWithout } from './skips.ts';
import { findEvent, findStops, type Meant, type Stop } from './stops.ts';
import { type System, withSystem } from './system.ts';

type Decide = Meant & {
  /** Whose decision it is. */
  readonly by: string;
  readonly reason?: string | undefined;
  readonly yes?: boolean | undefined;
  readonly json?: boolean | undefined;
};

/** Leaves an event out of the units that are stopped at it, or out of one that has taken it already. */
export const skipEvent = (decide: Decide, context: CommandContext): Promise<void> =>
  withSystem(async (system) => {
    const stops = await findStops(system, decide);
    const events = new Set(stops.map(({ event }) => event));
    if (events.size > 1) {
      throw new CommandError('Units are stopped at different events: say which with --event or --unit.');
    }
    const skips =
      stops.length > 0 ? skipsOf(stops, decide) : [await skipTaken(system, decide, context.signal)];
    if (!(await mayDecide(decide, questionOf(skips, stops), context))) return;
    const appended = await decideSkips(system.store, skips);
    const came = await Promise.all(
      stops.map(async (stop) => ({
        unit: stop.unit,
        stop,
        ...(await awaitUnit(system, stop, undefined, context.signal)),
      })),
    );
    report(decide, skips, appended, came, context);
  });

/** What is left out of one shard is left out of all: which creator lies where is nobody's decision. */
const skipsOf = (stops: readonly Stop[], { by, reason }: Decide): SkipEvent[] => {
  const byUnit = new Map(stops.map((stop) => [skipNameOf(stop.unit), stop]));
  return [...byUnit].map(([unit, { event, fault }]) =>
    eventSkipped({ event, unit, by, reason: reason ?? fault }),
  );
};

/** Takes back that an event is left out. */
export const unskipEvent = (decide: Decide, context: CommandContext): Promise<void> =>
  withSystem(async (system) => {
    const { store } = system;
    const { event, by } = decide;
    if (event === undefined) throw new CommandError('Say which event with --event.');
    const units = (await unitsWithout(store, event)).filter(
      (unit) => decide.unit === undefined || skipNameOf(decide.unit) === unit,
    );
    if (units.length === 0) {
      throw new CommandError(`Event ${event} is not left out of ${decide.unit ?? 'any unit'}.`);
    }
    if (units.includes('creators')) await refuseSettled(system, event, context.signal);
    const unskips = units.map((unit) => eventUnskipped({ event, unit, by }));
    const taken = `Event ${event} is taken into ${units.join(' and ')} again.`;
    const question = [taken, rebuildNeeded, 'Take it back?'].join('\n');
    if (!(await mayDecide(decide, question, context))) return;
    report(decide, unskips, await decideSkips(store, unskips), [], context);
  });

/** @throws CommandError where the event is a gift whose day was closed without it */
const refuseSettled = async (system: System, event: string, signal: AbortSignal): Promise<void> => {
  const found = await findEvent(system, ({ id }) => id === event, { signal });
  const day = found && (await findDayWithout(system.store, found, signal));
  if (day === undefined) return;
  throw new CommandError(
    `Event ${event} stays left out of creators: ${day} is closed without it,\n` +
      'and what is settled is not settled again.',
  );
};

const rebuildNeeded = [
  'Numbers that were made already stay as they are, and carat verify says that they',
  'differ from the log, until carat rebuild makes them anew.',
].join('\n');

/** A skip of what no unit is stopped at: it must be in the log, and somebody must say why. */
const skipTaken = async (
  system: System,
  { unit, event, by, reason }: Decide,
  signal: AbortSignal,
): Promise<SkipEvent> => {
  if (event === undefined) throw notStopped({ unit, event });
  if (unit === undefined) {
    throw new CommandError(`No unit is stopped at event ${event}: say with --unit which is to leave it out.`);
  }
  if (reason === undefined) throw new CommandError(`The unit ${unit} took it: say why not, with --reason.`);
  const found = await findEvent(system, ({ id }) => id === event, { signal });
  if (found === undefined) throw new CommandError(`There is no event ${event} in the log.`);
  return eventSkipped({ event, unit: skipNameOf(unit), by, reason });
};

const questionOf = (skips: readonly SkipEvent[], stops: readonly Stop[]): string =>
  [
    `Event ${skips[0]!.data.event} is left out of ${skips.map(({ data }) => data.unit).join(' and ')}.`,
    ...stops.slice(0, 1).map(({ position, fault }) => `It is at position ${position}: ${fault}`),
    'The decision is an event in the log: every later rebuild obeys it, and',
    'carat verify reports it apart. carat park unskip takes it back.',
    ...(stops.length === 0 ? [rebuildNeeded] : []),
    'Leave it out?',
  ].join('\n');

const mayDecide = async (
  { yes }: Decide,
  question: string,
  { signal, say, done }: CommandContext,
): Promise<boolean> => {
  if (yes) return true;
  if (process.stdin.isTTY !== true) {
    throw new CommandError('Nobody is there to be asked: say --yes if it is to be decided.');
  }
  if (await ask(question, signal)) return true;
  say('Nothing was changed.');
  done(exitCodes.couldNotRun);
  return false;
};

type Moved = Came & { readonly unit: string; readonly stop: Stop };

const report = (
  { json }: Decide,
  wanted: readonly SkipEvent[],
  appended: readonly SkipEvent[],
  moved: readonly Moved[],
  { print, done }: CommandContext,
): void => {
  if (json) {
    const units = moved.map(({ stop, ...came }) => ({ ...came, stoppedAt: stop.event }));
    print(JSON.stringify({ appended: appended.map(({ type, data }) => ({ type, ...data })), units }));
  } else {
    for (const decision of wanted) print(describe(decision, appended.includes(decision)));
    for (const { stop, unit: _, ...came } of moved) print(describeCame(stop, came));
    if (moved.length === 0) print(rebuildNeeded);
  }
  done(moved.some(({ came }) => came === 'stopped_later') ? exitCodes.differ : exitCodes.agree);
};

const describe = ({ type, data: { event, unit } }: SkipEvent, isNew: boolean): string => {
  const what = type === 'EventSkipped' ? `left out of ${unit}` : `taken into ${unit} again`;
  return isNew ? `Event ${event} is ${what}.` : `Event ${event} was ${what} already.`;
};
