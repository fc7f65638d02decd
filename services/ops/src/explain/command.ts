import {
  type Entry,
  explainCombo,
  explainCreator,
  explainLive,
  explainViewer,
  findPastLive,
} from '@carat/history';
import { comboId, type http } from '@carat/protocol';
import { type Command, InvalidArgumentError } from 'commander';
import { type LookingBack, lookBack } from '../at/look-back.ts';
import { readId, readLimit, readMoment } from '../at/moment.ts';
import { showPlace } from '../at/show.ts';
import { readConfig } from '../config.ts';
import { limits } from '../limits.ts';
import { type CommandContext, CommandError, exitCodes } from '../outcome.ts';
import { wrap } from '../wording.ts';
import { addEntry, noSums, showEntry, showSums } from './entries.ts';
import { addExplainRedemption } from './redemption.ts';
import { findShownBy, type ShownBy, showShownBy } from './shown-by.ts';

const examples = `
Examples:
  carat explain live gala
      the bookings behind a live's numbers
  carat explain live gala --combo 019ac000-0000-7000-8000-000000000001
  carat explain creator cleo --at 2026-11-23
      what had been earned by then, booking by booking
  carat explain viewer ann --at @12345 --json
      grants and gifts of a wallet, one JSON object a line
  carat explain redemption cleo 019ac000-0000-7000-8000-000000000001
      from gifts to money: see carat explain redemption --help

Every booking is listed in the order of the log with its time, place, price,
diamond rate, coins and diamonds. --limit bounds the list only: the sums at its
end are of all. At last it says which unit of which generation shows the number
now, and as of which position.

With --json every booking is one line of JSON, and the last line holds the sums.

Environment: CARAT_EVENT_STORE, REDIS_URL. What is not set is as in the system
that npm start runs.
Exit codes: 0 it is told; 1 the log is damaged there; 2 it could not be told, or
there was no such live, viewer or combo then.`;

type ExplainFlags = {
  readonly combo?: string;
  readonly at?: http.Moment;
  readonly limit: number;
  readonly json?: boolean;
};

export const addExplain = (program: Command, context: CommandContext): void => {
  const explaining = program
    .command('explain')
    // What comes after the name of a command of its own is that command's.
    .enablePositionalOptions()
    .description('List the bookings behind a number, and say what shows it now.')
    .argument('<what>', 'live, creator or viewer', readWhat)
    .argument('<id>', 'whose', readId)
    .option('--combo <id>', 'only the way of this combo', readCombo)
    .option('--at <moment>', 'as of an instant, or of @ and a position; now where it is missing', readMoment)
    .option(
      '--limit <bookings>',
      'how many to list, at most',
      readLimit(limits.maxExplainEntries),
      limits.explainEntries,
    )
    .option('--json', 'bookings and sums as lines of JSON on stdout')
    .addHelpText('after', examples)
    .action(async (what: What, id: string, flags: ExplainFlags) => {
      await lookBack(await readConfig(), { moment: flags.at, wantsRedis: true }, context, async (back) => {
        const creator = await findCreator(back, what, id);
        const shown =
          creator === undefined ? undefined : await findShownBy(back.redis, back.redisFault, creator);
        await explain(back, { what, id, ...flags }, shown, context);
      });
      context.done(exitCodes.agree);
    });
  addExplainRedemption(explaining, context);
};

const whats = ['live', 'creator', 'viewer'] as const;
type What = (typeof whats)[number];
const readWhat = (text: string): What => {
  const what = whats.find((known) => known === text);
  if (what === undefined) throw new InvalidArgumentError(`One of ${whats.join(', ')} is expected.`);
  return what;
};
const readCombo = (text: string): string => {
  const parsed = comboId.safeParse(text);
  if (!parsed.success) throw new InvalidArgumentError('The id of a combo is a UUIDv7.');
  return parsed.data;
};

type Question = ExplainFlags & { readonly what: What; readonly id: string };

/** Whose numbers are explained; a viewer's are nobody's. @throws CommandError where there is no such live */
const findCreator = async (
  { sources, place }: LookingBack,
  what: What,
  id: string,
): Promise<string | undefined> => {
  if (what !== 'live') return what === 'creator' ? id : undefined;
  const live = await findPastLive(sources.store, id, place.position);
  if (live === undefined) throw new CommandError(`The live ${id} had not begun ${showPlace(place)}.`);
  return live.creator;
};

const pagesOf = (
  { sources, place: { position: place } }: LookingBack,
  { what, id, combo }: Question,
): AsyncGenerator<readonly Entry[]> => {
  if (combo !== undefined) return explainCombo(sources, { combo, place, what, id });
  if (what === 'live') return explainLive(sources, { live: id, place });
  if (what === 'creator') return explainCreator(sources, { creator: id, place });
  return explainViewer(sources, { viewer: id, place });
};

const explain = async (
  back: LookingBack,
  question: Question,
  shown: ShownBy | undefined,
  { print }: CommandContext,
): Promise<void> => {
  const { what, id, combo, limit, json } = question;
  const sums = noSums();
  const title = wrap([`What is behind ${what} ${id},`, `${showPlace(back.place)}:`]);
  let seen = 0;
  for await (const page of pagesOf(back, question)) {
    for (const entry of page) {
      addEntry(sums, entry);
      if (++seen === 1 && !json) print(title);
      if (seen <= limit) print(json ? JSON.stringify(entry) : showEntry(entry).join('\n'));
    }
  }
  if (seen === 0 && combo !== undefined) {
    throw new CommandError(`No booking of ${combo} is of ${what} ${id}.`);
  }
  if (seen === 0 && what === 'viewer') {
    throw new CommandError(`The viewer ${id} had neither coins nor gifts ${showPlace(back.place)}.`);
  }
  const { position = null, at } = back.place;
  if (json) {
    const listed = Math.min(seen, limit);
    const { isBeyondEnd } = back;
    const told = { what, id, position, at, isBeyondEnd, ...sums, listed };
    print(JSON.stringify({ ...told, shownBy: shown ?? 'the log itself' }));
    return;
  }
  if (seen === 0) print(title);
  if (seen > limit) print(`… and ${seen - limit} more: see --limit`);
  for (const line of showSums(sums)) print(line);
  const byItself = ['Shown from the log itself: the last event of a wallet says its balance.'];
  for (const line of shown ? showShownBy(shown) : byItself) print(line);
};
