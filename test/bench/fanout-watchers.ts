import { signToken } from '@carat/service-kit';
import { answerQuestions } from './fanout-programs.ts';
import { type Manners, openWatcher, type Watcher } from './fanout-watcher.ts';
import { quantile } from './quantiles.ts';

/** Many watchers of one room, on bare sockets. */

type Opened = {
  readonly url: string;
  readonly count: number;
  /** Of Carat: the live, and the secret of its tokens; of stock Socket.IO neither. */
  readonly carat?: { readonly live: string; readonly secret: string };
};

export type Watched = {
  readonly bytes: number;
  readonly parts: number;
  /** How old the oldest booking of each part was when it came, in ms. */
  readonly p50: number;
  readonly p99: number;
};

const atOnce = 50;
let watchers: Watcher[] = [];

const stockManners: Manners = {
  hello: '40{"watches":true}',
  welcome: '40',
  ask: undefined,
  begun: '40',
  part: '42["gift"',
};

const caratManners = async ({ live, secret }: NonNullable<Opened['carat']>, n: number): Promise<Manners> => {
  const token = await signToken({ sub: `watcher-${n}`, roles: ['viewer'], ttlSeconds: 3_600 }, secret);
  return {
    hello: `40${JSON.stringify({ token })}`,
    welcome: '42["welcome"',
    ask: `420["live:watch",${JSON.stringify({ live })}]`,
    begun: '430[',
    part: '42["live:feed"',
  };
};

const questions = {
  async open({ url, count, carat }: Opened): Promise<void> {
    while (watchers.length < count) {
      const some = Array.from({ length: Math.min(atOnce, count - watchers.length) }, async (_, n) =>
        openWatcher(url, carat ? await caratManners(carat, watchers.length + n) : stockManners),
      );
      watchers.push(...(await Promise.all(some)));
    }
  },
  /** The last so many stop reading. */
  stall(count: number): void {
    for (const watcher of watchers.slice(watchers.length - count)) watcher.stall();
  },
  /** Up to which place all of the first so many were told. */
  upTo: (first: number): number => Math.min(...watchers.slice(0, first).map(({ upTo }) => upTo)),
  /** What the first so many have got, their ages since this was last asked. */
  take(first: number): Watched {
    const some = watchers.slice(0, first);
    const ages = Float64Array.from(some.flatMap((watcher) => watcher.takeAges())).sort();
    return {
      bytes: some.reduce((sum, { bytes }) => sum + bytes, 0),
      parts: some.reduce((sum, { parts }) => sum + parts, 0),
      p50: quantile(ages, 0.5),
      p99: quantile(ages, 0.99),
    };
  },
  close(): void {
    for (const watcher of watchers) watcher.close();
    watchers = [];
  },
};

export type Watchers = typeof questions;

answerQuestions(questions);
