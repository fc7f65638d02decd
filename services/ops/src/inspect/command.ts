import { isOurStream, prefixes } from '@carat/domain';
import type { EventStore, StoredEvent } from '@carat/event-store';
import { type Command, InvalidArgumentError } from 'commander';
import { readConfig } from '../config.ts';
import { withLog } from '../event-log.ts';
import { limits } from '../limits.ts';
import { type CommandContext, CommandError, exitCodes } from '../outcome.ts';
import { many, terminalColumns } from '../wording.ts';
import { jsonOf, lineInStream } from './gist.ts';

const examples = `
Examples:
  carat inspect wallet-ann                  its last ${limits.inspectEvents} events, and its balance
  carat inspect live-gala --json            who began it, and who ended it
  carat inspect catalogue --from 0          its first ${limits.inspectEvents} changes
  carat inspect log                         its id, and what operators left out

Streams: wallet-<viewer>, live-<live>, grant-<grant>, catalogue, rates, log,
seals. A line says: number in the stream, position in the log, time (UTC), type,
and what it is about; what is longer than a terminal goes on beneath, indented.

Environment: CARAT_EVENT_STORE. Where it is not set, it is as in the system that
npm start runs; where none runs, it is sqlite:.carat/carat.db.
Exit codes: 0 it is there; 1 the log is damaged there; 2 there is no such
stream, or it could not be read.`;

type InspectFlags = { readonly from?: number; readonly limit: number; readonly json?: boolean };

const readRevision = (text: string): number => {
  const revision = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (!Number.isSafeInteger(revision)) throw new InvalidArgumentError('A whole number from 0 is expected.');
  return revision;
};
const readLimit = (text: string): number => {
  const limit = readRevision(text);
  if (limit >= 1 && limit <= limits.maxInspectEvents) return limit;
  throw new InvalidArgumentError(`1 to ${limits.maxInspectEvents} are expected.`);
};

export const addInspect = (program: Command, context: CommandContext): void => {
  program
    .command('inspect')
    .description('Show the events of one stream, and how it stands.')
    .argument('<stream>', 'such as wallet-<viewer> or live-<live>')
    .option('--from <number>', 'the first event to show; otherwise the last ones are shown', readRevision)
    .option('--limit <events>', 'how many to show, at most', readLimit, limits.inspectEvents)
    .option('--json', 'the result as one line of JSON on stdout')
    .addHelpText('after', examples)
    .action(async (stream: string, flags: InspectFlags) => {
      const { eventStore } = await readConfig();
      const found = await withLog(eventStore, (store) => inspect(store, stream, flags), context.say);
      const { events, ...stands } = found;
      context.print(flags.json ? JSON.stringify({ ...stands, events: events.map(jsonOf) }) : describe(found));
      context.done(exitCodes.agree);
    });
};

type Inspected = {
  readonly stream: string;
  /** Revision of its last event. */
  readonly last: number;
  /** Coins in a wallet, as its last event says; null of any other stream. */
  readonly balance: number | null;
  readonly events: readonly StoredEvent[];
};

const inspect = async (
  store: EventStore,
  stream: string,
  { from, limit }: InspectFlags,
): Promise<Inspected> => {
  const end = await store.readStream(stream, { direction: 'backwards', limit: 1 });
  if (!end.exists) throw new CommandError(`There is no stream ${stream} in the log.`);
  const { last } = end;
  const page = await store.readStream(stream, { from: from ?? Math.max(0, last - limit + 1), limit });
  const events = page.exists ? page.events : [];
  return { stream, last, balance: balanceOf(stream, end.events[0]), events };
};

const balanceOf = (stream: string, end: StoredEvent | undefined): number | null => {
  if (!isOurStream(stream) || !stream.startsWith(prefixes.wallets)) return null;
  const balance = (end?.data.after as { readonly balance?: unknown } | undefined)?.balance;
  return Number.isSafeInteger(balance) ? (balance as number) : null;
};

const describe = ({ stream, last, balance, events }: Inspected): string => {
  const coins = balance === null ? '' : `; balance ${many(balance, 'coin')}`;
  const head = `${stream} ends with event ${last}${coins}`;
  if (events.length === 0) return `${head}; there is nothing from there on.`;
  return [head, ...events.map((event) => lineInStream(event, terminalColumns()))].join('\n');
};
