import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { type EventStore, openEventStore } from '@carat/event-store';
import { explainLive } from '@carat/history';
import { type System, startSystem } from '@carat/local';
import { signToken } from '@carat/service-kit';
import { type Command, InvalidArgumentError } from 'commander';
import { readId } from '../at/moment.ts';
import { readConfig } from '../config.ts';
import { withLog } from '../event-log.ts';
import { limits } from '../limits.ts';
import { type CommandContext, CommandError, exitCodes } from '../outcome.ts';
import { many } from '../wording.ts';
import { type Booking, createWriter, readStart, writeAtPace } from './bookings.ts';

const examples = `
Examples:
  carat replay live-42 --speed 10           watch it again, ten times as fast
  carat replay live-42 --speed 0 --leave    all at once, and end

It starts a gateway of its own, with a log and a Redis of its own that are
removed afterwards, and lets the bookings of the past live come again at their
pace: the same events, at the same prices, over the same protocol, in a room of
its own. No number of the running system is touched. Whoever watches connects to
the address that is printed; tokens of the running system are taken, and one for
the live's creator is printed too. The room stays open until you press Ctrl-C.
Bookings that an operator had left out are left out.

Environment: CARAT_EVENT_STORE, the log that the live is in, and
CARAT_JWT_SECRET. Where the first is not set, it is as in the system that npm
start runs; where none runs, it is sqlite:.carat/carat.db.
Exit codes: 0 all of it came again; 1 the log is damaged there; 2 it could not
be replayed; 130 it was ended by Ctrl-C.`;

type ReplayFlags = {
  readonly speed: number;
  readonly after: number;
  readonly leave?: boolean;
  readonly json?: boolean;
};

const atLeastNothing = (text: string): number => {
  const number = Number(text);
  if (text.trim() !== '' && Number.isFinite(number) && number >= 0) return number;
  throw new InvalidArgumentError('It is a number from 0 on.');
};

export const addReplay = (program: Command, context: CommandContext): void => {
  program
    .command('replay')
    .description('Let a past live happen again for those who watch, touching no number.')
    .argument('<live>', 'which live', readId)
    .option('--speed <n>', 'times real speed; 0 is as fast as it goes', atLeastNothing, 1)
    .option('--after <seconds>', 'how long whoever watches has to connect', atLeastNothing, 5)
    .option('--leave', 'close the room when all of it has come')
    .option('--json', 'where to watch, and then what came, as lines of JSON on stdout')
    .addHelpText('after', examples)
    .action(async (live: string, flags: ReplayFlags) => {
      const { eventStore, secret } = await readConfig();
      await withLog(
        eventStore,
        (store) => replay(store, secret, live, flags, context),
        (fault) => context.say(fault),
      );
    });
};

const replay = async (
  source: EventStore,
  secret: string,
  live: string,
  flags: ReplayFlags,
  context: CommandContext,
): Promise<void> => {
  const { print, done, signal } = context;
  const start = await readStart(source, live);
  if (start === undefined) throw new CommandError(`There is no live ${live} in the log.`);
  await withRoom(secret, context, async (system) => {
    const store = await openEventStore(system.eventStore);
    try {
      const writer = createWriter(store);
      await writer.write([start]);
      const creator = String(start.data.creator);
      const token = await signToken(
        { sub: creator, roles: ['creator'], ttlSeconds: limits.tokenSeconds },
        secret,
      );
      const watch = { live, gateway: system.gatewayUrls[0], api: system.apiUrl, creator, token };
      print(flags.json ? JSON.stringify(watch) : describe(watch));
      await pause(flags.after * 1_000, undefined, { signal });
      const began = performance.now();
      const bookings = await writeAtPace(bookingsOf(source, live, signal), writer.write, flags.speed, signal);
      const ms = Math.round(performance.now() - began);
      print(
        flags.json
          ? JSON.stringify({ live, bookings, ms })
          : `All of it came again: ${many(bookings, 'booking')} in ${(ms / 1_000).toFixed(1)} s.`,
      );
      done(exitCodes.agree);
      if (!flags.leave) await stay(signal);
    } finally {
      await store.close();
    }
  });
};

/** Until it is ended. */
const stay = async (signal: AbortSignal): Promise<void> => {
  while (!signal.aborted) await pause(limits.maxPauseMs, undefined, { signal }).catch(() => undefined);
};

async function* bookingsOf(
  store: EventStore,
  live: string,
  signal: AbortSignal,
): AsyncGenerator<readonly Booking[]> {
  const place = (await store.head())?.position;
  for await (const page of explainLive({ store, signal }, { live, place })) {
    yield page.flatMap((entry): Booking[] => {
      if (entry.type !== 'GiftSent' || entry.leftOut) return [];
      const { event: id, type, stream, data } = entry;
      return [{ id, type, stream, data: { ...data, after: { ...data.after } }, at: data.at }];
    });
  }
}

/** A system of its own, which takes the tokens of the running one and is removed afterwards. */
const withRoom = async (
  secret: string,
  { say }: CommandContext,
  work: (system: System) => Promise<void>,
): Promise<void> => {
  const dir = await mkdtemp(join(tmpdir(), 'carat-replay-'));
  try {
    const system = await startSystem({ dir, secret, log: say });
    try {
      await work(system);
    } finally {
      await system.stop();
    }
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
};

const describe = ({ live, gateway, api, creator, token }: Record<string, string | undefined>): string =>
  [
    `The live ${live} is about to happen again.`,
    `  gateway  ${gateway}`,
    `  api      ${api}`,
    `  creator  ${creator}, by this token: ${token}`,
  ].join('\n');
