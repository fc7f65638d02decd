import { askRetry } from '@carat/read-models';
import { type CommandContext, CommandError, exitCodes } from '../outcome.ts';
import { awaitUnit, type Came, describeCame } from './awaiting.ts';
import { findStops, type Meant, type Stop } from './stops.ts';
import { withSystem } from './system.ts';

/** Has units that are stopped try again at once, and tells what came of it. */
export const retryStops = (
  meant: Meant & { readonly json?: boolean | undefined },
  { signal, print, done }: CommandContext,
): Promise<void> =>
  withSystem(async (system) => {
    const stops = await findStops(system, meant);
    if (stops.length === 0 && (meant.unit ?? meant.event) !== undefined) throw notStopped(meant);
    const retry = async (stop: Stop) => {
      const asked = await askRetry(system.redis, stop.generation, stop.unit, stop.event);
      return { stop, came: await awaitUnit(system, stop, asked, signal) };
    };
    const retried = await Promise.all(stops.map(retry));
    if (meant.json) {
      const units = retried.map(({ stop: { unit, event }, came }) => ({ unit, stoppedAt: event, ...came }));
      print(JSON.stringify({ retried: units }));
    } else if (retried.length === 0) print('No unit is stopped.');
    else for (const { stop, came } of retried) print(describeCame(stop, came));
    done(codeOf(retried.map(({ came }) => came)));
  });

const codeOf = (came: readonly Came[]) => {
  if (came.some(({ came }) => came === 'no_answer')) return exitCodes.couldNotRun;
  return came.every(({ came }) => came === 'went_on') ? exitCodes.agree : exitCodes.differ;
};

/** The unit or the event that was named is not one that anything is stopped at. */
export const notStopped = ({ unit, event }: Meant): CommandError =>
  new CommandError(
    `${unit === undefined ? 'No unit' : `The unit ${unit}`} is ${unit === undefined ? '' : 'not '}` +
      `stopped${event === undefined ? '' : ` at event ${event}`}: carat park list tells which are.`,
  );
