import { type CommandContext, exitCodes } from '../outcome.ts';
import { type DescribedStop, describeStop, findStops, type Meant } from './stops.ts';
import { withSystem } from './system.ts';

/** Tells which units are stopped, and at what. */
export const listStops = (
  meant: Meant & { readonly json?: boolean | undefined },
  { print, done }: CommandContext,
): Promise<void> =>
  withSystem(async (system) => {
    const stops: DescribedStop[] = [];
    for (const stop of await findStops(system, meant)) stops.push(await describeStop(system, stop));
    if (meant.json) print(JSON.stringify({ stopped: stops }));
    else print(stops.length === 0 ? 'No unit is stopped.' : stops.map(describe).join('\n'));
    done(stops.length === 0 ? exitCodes.agree : exitCodes.differ);
  });

const describe = ({ unit, event, position, type, stream, fault, since }: DescribedStop): string =>
  [
    `${unit} is stopped since ${new Date(since).toISOString()}`,
    `  event     ${event}`,
    `  position  ${position}`,
    type === null ? '  what      it cannot be read' : `  what      ${type} of ${stream}`,
    `  fault     ${fault}`,
  ].join('\n');
