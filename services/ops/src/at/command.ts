import { type BoardKind, pastBoard, pastEarnings, pastLive, pastViewer } from '@carat/history';
import { http } from '@carat/protocol';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { readConfig } from '../config.ts';
import { limits } from '../limits.ts';
import { type CommandContext, CommandError, exitCodes } from '../outcome.ts';
import { type LookingBack, lookBack } from './look-back.ts';
import { readId, readInstant, readLimit, readMoment } from './moment.ts';
import { showBoard, showEarnings, showLive, showPlace, showViewer } from './show.ts';

const examples = `
Examples:
  carat at 2026-11-23T18:30:00Z live gala        what a live had brought in, and from whom
  carat at @12345 creator cleo                   what a creator had earned by a position of the log
  carat at 2026-11-23 viewer ann --json          what a viewer had, and had spent
  carat at 2026-11-23T18:30:00Z board creators --window day
  carat at @12345 board gifters --window week --on 2026-11-16

A moment is an instant (ISO 8601 with its zone, a date alone, or ms since 1970) or a position of the
log after an @. An instant means: up to the last seal that is not younger, then on as long as no
event tells a later time. The numbers are those that were shown at that moment, or would have been,
folded from the log: events that operators had taken out by then are left out.

Boards are creators or gifters; --on picks the window, otherwise it is the one of the moment. Numbers
of all time are folded from the nearest dump in Redis, and leave one there for the next time; where
Redis can't be reached, from the start of the log.

Environment: CARAT_EVENT_STORE, REDIS_URL. What is not set is as in the system that npm start runs.
Exit codes: 0 it is told; 2 it could not be, or there was no such live then.`;

export type AtFlags = {
  readonly window: http.BoardWindow;
  readonly on?: number;
  readonly limit: number;
  readonly json?: boolean;
};
type Told = { readonly numbers: object; readonly lines: string[] };
type Tell = (back: LookingBack, id: string, flags: AtFlags) => Promise<Told>;

export const addAt = (program: Command, context: CommandContext): void => {
  program
    .command('at')
    .description('Tell the numbers as they were at a moment.')
    .argument('<moment>', 'an instant, or @ and a position of the log', readMoment)
    .argument('<what>', 'live, creator, viewer or board', readWhat)
    .argument('<id>', 'whose; of boards: creators or gifters', readId)
    .addOption(new Option('--window <window>', 'of a board').choices(http.boardWindow.options).default('all'))
    .option('--on <instant>', 'an instant within the window of a board', readInstant)
    .option('--limit <entries>', 'of a board, at most', readLimit(limits.maxPastEntries), limits.pastEntries)
    .option('--json', 'the result as one line of JSON on stdout')
    .addHelpText('after', examples)
    .action(async (moment: http.Moment, what: What, id: string, flags: AtFlags) => {
      const wantsRedis = what === 'creator' || (what === 'board' && flags.window === 'all');
      const config = await readConfig();
      await lookBack(config, { moment, wantsRedis }, context, async (back) => {
        if (back.redisFault) context.say(`${back.redisFault} The log is folded from its start.`);
        const { numbers, lines } = await tell[what](back, id, flags);
        const { position = null, at } = back.place;
        context.print(flags.json ? JSON.stringify({ what, id, position, at, ...numbers }) : lines.join('\n'));
      });
      context.done(exitCodes.agree);
    });
};

const whats = ['live', 'creator', 'viewer', 'board'] as const;
type What = (typeof whats)[number];
const readWhat = (text: string): What => {
  const what = whats.find((known) => known === text);
  if (what === undefined) throw new InvalidArgumentError(`One of ${whats.join(', ')} is expected.`);
  return what;
};

const tell: Readonly<Record<What, Tell>> = {
  live: async ({ sources, place }, live, { limit }) => {
    const numbers = await pastLive(sources, { live, place: place.position, limit });
    if (!numbers) throw new CommandError(`The live ${live} had not begun ${showPlace(place)}.`);
    return { numbers, lines: showLive(numbers, place) };
  },
  creator: async ({ sources, place }, creator) => {
    const numbers = await pastEarnings(sources, { creator, place: place.position });
    return { numbers, lines: showEarnings(numbers, place) };
  },
  viewer: async ({ sources, place }, viewer) => {
    // The place of the wallet's own last event says less than as of when it is told.
    const { position: lastEvent, ...numbers } = await pastViewer(sources, { viewer, place: place.position });
    return {
      numbers: { ...numbers, lastEvent },
      lines: showViewer({ ...numbers, position: lastEvent }, place),
    };
  },
  board: async ({ sources, place }, id, { window, on, limit }) => {
    const kind = readKind(id, window);
    const within = on ?? place.at ?? 0;
    const numbers = await pastBoard(sources, { kind, window, on: within, place: place.position, limit });
    const title = window === 'all' ? `All-time board of ${kind}` : `Board of ${kind} by the ${window}`;
    return { numbers: { window, on: within, ...numbers }, lines: showBoard(numbers, title, place) };
  },
};

const readKind = (id: string, window: http.BoardWindow): BoardKind => {
  if (id !== 'creators' && id !== 'gifters') throw new CommandError('Boards are: creators, gifters.');
  if (id === 'gifters' && window === 'hour') throw new CommandError('Gifters have no board by the hour.');
  return id;
};
