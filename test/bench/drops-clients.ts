import { type Carat, connect, type Watching } from '@carat/client';
import { signToken } from '@carat/service-kit';
import { type Cuts, cutAll } from './drops-cutting.ts';
import { openNetwork } from './drops-network.ts';
import { answerQuestions } from './fanout-programs.ts';

/** Clients of the SDK that watch a live, each with a network of its own, and note all that they are told. */

type Watched = {
  readonly gateways: readonly string[];
  readonly secret: string;
  readonly live: string;
  /** The clients' numbers, over all programs. */
  readonly clients: readonly number[];
};

/** What the log holds of the live: every booking in order, by place and by when it was decided. */
export type Truth = {
  readonly positions: readonly number[];
  readonly ats: readonly number[];
  readonly totals: { readonly gifts: number; readonly coins: number };
};

/** A time at which a client was welcomed again, and how far it came when, until it was level for sure. */
type Return = { readonly at: number; readonly steps: { at: number; upTo: number }[]; level: boolean };

type Client = {
  readonly carat: Carat;
  readonly watching: Watching;
  readonly positions: number[];
  readonly returns: Return[];
  gaps: number;
  doubled: number;
  parts: number;
};

/** From a welcome until the client was level with the log as of then, in ms; Infinity where it never was. */
export type CatchUp = { readonly at: number; readonly ms: number };

export type Verdict = {
  readonly clients: number;
  /** Of all clients together. */
  readonly missed: number;
  readonly doubled: number;
  /** Bookings that the log does not hold, or not there. */
  readonly unknown: number;
  readonly gaps: number;
  readonly offTotals: number;
  readonly catchUps: readonly CatchUp[];
  /** How old bookings were when they came to clients that were connected and level; some of them, in ms. */
  readonly agesMs: readonly number[];
};

const network = openNetwork();
const clients = new Map<number, Client>();
const atOnce = 50;
/** Bookings of several gateways need not be in the order of their times; by no more than this. */
const surelyMs = 100;
const interruptedMs = 1_000;
const agesEvery = 10;
const ages: number[] = [];
let calm = (): number => 0;

const join = async (n: number, { gateways, secret, live }: Watched): Promise<void> => {
  const token = await signToken({ sub: `watcher-${n}`, roles: ['viewer'], ttlSeconds: 3_600 }, secret);
  const url = n % 2 === 0 ? gateways : gateways.toReversed();
  const carat = await connect({ url, token });
  const positions: number[] = [];
  const returns: Return[] = [];
  const watching = carat.watch(live);
  const client: Client = { carat, watching, positions, returns, gaps: 0, doubled: 0, parts: 0 };
  watching.on('feed', ({ bookings, gap }) => {
    if (gap) client.gaps++;
    for (const booking of bookings) {
      const position = Number(booking.position);
      if (position <= (positions.at(-1) ?? 0)) client.doubled++;
      positions.push(position);
    }
    const [first, last, latest] = [bookings[0], bookings.at(-1), returns.at(-1)];
    if (first === undefined || last === undefined) return;
    if (latest === undefined || latest.level) {
      if (++client.parts % agesEvery === 0) ages.push(Date.now() - first.at);
      return;
    }
    latest.steps.push({ at: Date.now(), upTo: Number(last.position) });
    latest.level = last.at > latest.at + surelyMs;
  });
  await watching.ready;
  carat.on('connect', () => returns.push({ at: Date.now(), steps: [], level: false }));
  // Who is cut off again at once begins anew with its next return.
  carat.on('disconnect', () => {
    const latest = returns.at(-1);
    if (latest && !latest.level && Date.now() - latest.at < interruptedMs) returns.pop();
  });
  clients.set(n, client);
};

const catchUpsOf = ({ returns, positions }: Client, truth: Truth): CatchUp[] =>
  returns.map(({ at, steps }) => {
    const head = truth.positions[truth.ats.findLastIndex((decided) => decided <= at)] ?? 0;
    if (steps.length === 0) return { at, ms: (positions.at(-1) ?? 0) >= head ? 0 : Infinity };
    return { at, ms: (steps.find(({ upTo }) => upTo >= head)?.at ?? Infinity) - at };
  });

const judge = (client: Client, truth: Truth, known: ReadonlySet<number>) => {
  const seen = new Set(client.positions);
  const { gifts, coins } = client.watching.numbers?.totals ?? { gifts: -1, coins: -1 };
  return {
    missed: truth.positions.filter((position) => !seen.has(position)).length,
    unknown: [...seen].filter((position) => !known.has(position)).length,
    onTotals: gifts === truth.totals.gifts && coins === truth.totals.coins,
  };
};

const questions = {
  async watch(watched: Watched): Promise<void> {
    for (let n = 0; n < watched.clients.length; n += atOnce) {
      const some = watched.clients.slice(n, n + atOnce);
      await Promise.all(some.map((client) => network.of(client, () => join(client, watched))));
    }
  },
  /** Cuts clients off, again and again; the first so many read nothing more instead. */
  disturb({ cuts, stalled }: { cuts: Cuts; stalled: number }): void {
    const all = [...clients.keys()];
    const goOn = all.slice(0, stalled).map((client) => network.stall(client));
    const endCuts = cutAll(network, all.slice(stalled), cuts);
    calm = () => {
      for (const read of goOn) read();
      return endCuts();
    };
  },
  /** @returns how many cuts there were */
  calm: (): number => calm(),
  /** How many clients do not yet hold the booking at a place, or are not on the totals. */
  behind({ last, gifts }: { last: number; gifts: number }): number {
    const isBehind = ({ positions, watching }: Client): boolean =>
      (positions.at(-1) ?? 0) < last || watching.numbers?.totals.gifts !== gifts;
    return [...clients.values()].filter(isBehind).length;
  },
  judge(truth: Truth): Verdict {
    const all = [...clients.values()];
    const known = new Set(truth.positions);
    const verdicts = all.map((client) => judge(client, truth, known));
    const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
    return {
      clients: all.length,
      missed: sum(verdicts.map(({ missed }) => missed)),
      unknown: sum(verdicts.map(({ unknown }) => unknown)),
      doubled: sum(all.map(({ doubled }) => doubled)),
      gaps: sum(all.map(({ gaps }) => gaps)),
      offTotals: verdicts.filter(({ onTotals }) => !onTotals).length,
      catchUps: all.flatMap((client) => catchUpsOf(client, truth)),
      agesMs: ages,
    };
  },
};

export type DropsClients = typeof questions;

answerQuestions(questions);
