import {
  type ExplainedRedemption,
  explainRedemption,
  findCreatorOfRedemption,
  readEarningsLog,
  readSettledGifts,
} from '@carat/history';
import type { http } from '@carat/protocol';
import type { Command } from 'commander';
import { type LookingBack, lookBack } from '../at/look-back.ts';
import { readId, readLimit, readMoment } from '../at/moment.ts';
import { showPlace } from '../at/show.ts';
import { readConfig } from '../config.ts';
import { limits } from '../limits.ts';
import { type CommandContext, CommandError, exitCodes } from '../outcome.ts';
import { type ListedGifts, showRedemption } from './show-redemption.ts';

const examples = `
Examples:
  carat explain redemption cleo 019ac000-0000-7000-8000-000000000001
  carat explain redemption cleo/019ac000-0000-7000-8000-000000000001
      the same, by its key at the provider
  carat explain redemption 019ac000-0000-7000-8000-000000000001 --gifts
      with the bookings of the days that its diamonds are of
  carat explain redemption cleo 019ac000-0000-7000-8000-000000000001 --json

From its gifts to its money: which settled days its diamonds are of, the rate,
fee, withholding, remainder and net as they were quoted, the key and reference
of the payout, and what became of it, each with the event that says so.

Diamonds are alike, and the log says of none which it is: those settled first
count as redeemed first, and what is given back goes back to the days it was of.

Without the creator it is looked for in the earnings of all creators, from the
start of the log: seconds, where the log has millions of events.

Environment: CARAT_EVENT_STORE. What is not set is as in the system that npm
start runs.
Exit codes: 0 it is told; 1 the log is damaged there; 2 it could not be told, or
there was no such redemption then.`;

type RedemptionFlags = {
  readonly at?: http.Moment;
  readonly gifts?: boolean;
  readonly limit: number;
  readonly json?: boolean;
};

export const addExplainRedemption = (explain: Command, context: CommandContext): void => {
  explain
    .command('redemption')
    .description('Explain a redemption, from its gifts to what the provider did.')
    .usage('[options] [creator] <redemption>')
    .argument('<ids...>', 'the creator and the redemption, its payout key, or its id alone', readIds)
    .option('--at <moment>', 'as of an instant, or of @ and a position; now where it is missing', readMoment)
    .option('--gifts', 'list the bookings of the days that its diamonds are of')
    .option(
      '--limit <bookings>',
      'how many to list of a day, at most',
      readLimit(limits.maxExplainEntries),
      limits.explainEntries,
    )
    .option('--json', 'the result as one line of JSON on stdout')
    .addHelpText('after', examples)
    .action(async (ids: readonly string[], flags: RedemptionFlags) => {
      await lookBack(await readConfig(), { moment: flags.at, wantsRedis: false }, context, async (back) => {
        const explained = await findExplained(back, ids);
        const gifts = flags.gifts ? await listGifts(back, explained, flags.limit) : undefined;
        const lines = flags.json
          ? [JSON.stringify(asJson(back, explained, gifts))]
          : showRedemption(explained, gifts, showPlace(back.place));
        for (const line of lines) context.print(line);
      });
      context.done(exitCodes.agree);
    });
};

const readIds = (text: string, before: readonly string[] = []): string[] => [
  ...before,
  ...text.split('/').map(readId),
];

/** @throws CommandError where there is none, or none can be meant */
const findExplained = async (
  { sources: { store, signal }, place }: LookingBack,
  ids: readonly string[],
): Promise<ExplainedRedemption> => {
  if (ids.length > 2) throw new CommandError('A creator and a redemption are expected, and no more.');
  const redemption = ids.at(-1)!;
  const missing = new CommandError(`There was no redemption ${ids.join(' ')} ${showPlace(place)}.`);
  if (place.position === undefined) throw missing;
  const asOf = { upTo: place.position, signal };
  const creator = ids.length === 2 ? ids[0] : await findCreatorOfRedemption(store, redemption, asOf);
  if (creator === undefined) throw missing;
  const explained = explainRedemption(redemption, await readEarningsLog(store, creator, asOf));
  if (explained === undefined) throw missing;
  return explained;
};

/** The bookings of each day, by day. */
const listGifts = async (
  { sources: { store, signal } }: LookingBack,
  { creator, days }: ExplainedRedemption,
  limit: number,
): Promise<Map<string, ListedGifts>> => {
  const listed = new Map<string, ListedGifts>();
  for (const { day } of days) {
    const page = await readSettledGifts(store, { creator, day, limit }, signal!);
    if (page) listed.set(day, page);
  }
  return listed;
};

const asJson = (
  { place: { position, at }, isBeyondEnd }: LookingBack,
  { days, ...explained }: ExplainedRedemption,
  gifts: ReadonlyMap<string, ListedGifts> | undefined,
) => ({
  what: 'redemption',
  position: position ?? null,
  at,
  isBeyondEnd,
  ...explained,
  attribution: 'first settled, first redeemed',
  days: days.map((day) => ({ ...day, ...(gifts && { gifts: gifts.get(day.day) ?? null }) })),
});
