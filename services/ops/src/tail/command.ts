import { prefixes, streams } from '@carat/domain';
import { type EventStore, follow, type Position, type StoredEvent } from '@carat/event-store';
import { describeFailure } from '@carat/service-kit';
import type { Command } from 'commander';
import { readConfig } from '../config.ts';
import { withLog } from '../event-log.ts';
import { jsonOf, lineOf } from '../inspect/gist.ts';
import { readPosition } from '../inspect/position.ts';
import { limits } from '../limits.ts';
import { type CommandContext, exitCodes, isDamage } from '../outcome.ts';
import { terminalColumns } from '../wording.ts';
import { readLastEvents } from './last-events.ts';
import { type Output, outputTo } from './output.ts';

const examples = `
Examples:
  carat tail                            the last ${limits.tailEvents}, then each as it comes
  carat tail --live gala                its gifts, its beginning and its end
  carat tail --from 4711 --no-follow    all after position 4711, up to now
  carat tail --json | jq .data          a line of JSON for each event

A line says: time (UTC), position in the log, type, stream, and what it is
about; what is longer than a terminal goes on beneath, indented. --from goes on
after a position: what is printed there is not printed again. Ctrl-C ends it;
behind a pipe that is read no more, it ends with the next event.

Environment: CARAT_EVENT_STORE. Where it is not set, it is as in the system that
npm start runs; where none runs, it is sqlite:.carat/carat.db.
Exit codes: 0 all is printed, or the reader has seen enough; 1 the log is
damaged, where is said on stderr; 2 it could not be read; 130 Ctrl-C.`;

type TailFlags = {
  readonly live?: string;
  readonly from?: Position;
  readonly json?: boolean;
  readonly follow: boolean;
};

export const addTail = (program: Command, context: CommandContext): void => {
  program
    .command('tail')
    .description('Print the events of the log as they come, the last ones first.')
    .option('--live <id>', 'only what happens in this live')
    .option('--from <position>', 'everything after this position, instead of the last events', readPosition)
    .option('--no-follow', 'end at the end of the log')
    .option('--json', 'a line of JSON for each event')
    .addHelpText('after', examples)
    .action(async (flags: TailFlags) => {
      const { eventStore } = await readConfig();
      await withLog(eventStore, (store) => tail(store, flags, context), context.say);
    });
};

/** Of which events, as the store and as we tell them apart. */
const filterOf = (live: string | undefined) => {
  if (live === undefined) return { matches: () => true };
  return {
    matches: ({ data }: StoredEvent) => data.live === live,
    prefixes: [prefixes.wallets, streams.live(live)],
  };
};

const tail = async (store: EventStore, flags: TailFlags, context: CommandContext): Promise<void> => {
  const { signal, done } = context;
  const filter = filterOf(flags.live);
  const output = outputTo(process.stdout);
  const print = (events: readonly StoredEvent[]): Promise<boolean> =>
    printAll(output, events, flags.json === true);
  const begun =
    flags.from === undefined
      ? await readLastEvents(store, limits.tailEvents, { ...filter, signal })
      : { events: [], upTo: flags.from };
  if (!(await print(begun.events))) return done(exitCodes.agree);
  if (flags.follow) return followOn(store, begun.upTo, filter, print, context);
  if (flags.from !== undefined) await readOn(store, flags.from, filter, print, signal);
  done(exitCodes.agree);
};

type Filter = ReturnType<typeof filterOf>;
/** False where nobody reads any longer. */
type Print = (events: readonly StoredEvent[]) => Promise<boolean>;

const printAll = async (
  output: Output,
  events: readonly StoredEvent[],
  asJson: boolean,
): Promise<boolean> => {
  if (events.length === 0) return true;
  const lineFor = (event: StoredEvent): string =>
    asJson ? JSON.stringify(jsonOf(event)) : lineOf(event, terminalColumns());
  return output.write(events.map((event) => `${lineFor(event)}\n`).join(''));
};

/** Prints what comes after a position, up to the head as it is when it is reached. */
const readOn = async (
  store: EventStore,
  from: Position,
  { matches, ...of }: Filter,
  print: Print,
  signal: AbortSignal,
): Promise<void> => {
  for (let after: Position | undefined = from; ; ) {
    signal.throwIfAborted();
    const page = await store.readAll({ after, limit: limits.pageEvents, ...of });
    if (!(await print(page.events.filter(matches))) || page.atHead) return;
    after = page.upTo;
  }
};

/** Prints what comes, until it is ended. A log that is away for a while is waited for. */
const followOn = async (
  store: EventStore,
  after: Position | undefined,
  { matches, ...of }: Filter,
  print: Print,
  { signal, say, done }: CommandContext,
): Promise<void> => {
  const ended = Promise.withResolvers<void>();
  let said: string | undefined;
  const follower = follow(store, {
    after,
    pageEvents: limits.pageEvents,
    ...of,
    onPage: async ({ events }) => {
      said = undefined;
      if (await print(events.filter(matches))) return;
      done(exitCodes.agree);
      ended.resolve();
    },
    onError: (error) => {
      if (isDamage(error)) return ended.reject(error);
      const fault = describeFailure(error);
      if (fault !== said) say(`The log cannot be read, and is tried again: ${fault}`);
      said = fault;
    },
  });
  // Whoever listens to a log does not keep a process alive by that.
  const awake = setInterval(() => undefined, limits.maxPauseMs);
  const end = (): void => ended.resolve();
  signal.addEventListener('abort', end, { once: true });
  if (signal.aborted) end();
  try {
    await ended.promise;
  } finally {
    clearInterval(awake);
    signal.removeEventListener('abort', end);
    await follower.stop();
  }
};
