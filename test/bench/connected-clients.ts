import { signToken } from '@carat/service-kit';
import { defaultCatalogue } from '@carat/simulator';
import { v7 } from 'uuid';
import { sendSteadily } from './fanout-pace.ts';
import { answerQuestions } from './fanout-programs.ts';
import { openWatcher, type Watcher } from './fanout-watcher.ts';

/** Many viewers, each on a bare socket of its own: real clients would cost more than what is measured. */

type Opened = {
  readonly url: string;
  readonly secret: string;
  /** Viewers of these numbers are connected, the last one excluded. */
  readonly from: number;
  readonly to: number;
  /** Viewers are spread over so many lives; none where they only connect. */
  readonly watching: number | undefined;
};

export type Answered = { readonly latencies: Float64Array; readonly refused: number };

const atOnce = 50;
const cheapest = defaultCatalogue.toSorted((a, b) => a.coins - b.coins)[0]!.id;
const refusedIn = '"refused":';
const answerIn = /^43(\d+)\[/;

let viewers: { readonly number: number; readonly socket: Watcher }[] = [];
let latencies: number[] = [];
let refused = 0;
/** The one before is taken by what a socket asks as it is opened. */
let asks = 1;
const sentAt = new Map<number, number>();
let stop: (() => number) | undefined;

const heard = (head: string): void => {
  const ask = Number(answerIn.exec(head)?.[1] ?? -1);
  const at = sentAt.get(ask);
  if (at === undefined) return;
  sentAt.delete(ask);
  latencies.push(performance.now() - at);
  if (head.includes(refusedIn)) refused++;
};

const openOne = async ({ url, secret, watching }: Opened, number: number) => {
  const token = await signToken({ sub: `viewer-${number}`, roles: ['viewer'], ttlSeconds: 7_200 }, secret);
  const welcome = '42["welcome"';
  const live = `live-${number % (watching ?? 1)}`;
  const manners = {
    hello: `40${JSON.stringify({ token })}`,
    welcome,
    ...(watching === undefined
      ? { ask: undefined, begun: welcome }
      : { ask: `420["live:watch",${JSON.stringify({ live })}]`, begun: '430[' }),
    part: '42["live:feed"',
  };
  return { number, socket: await openWatcher(url, manners, heard) };
};

const questions = {
  async open(opened: Opened): Promise<void> {
    for (let number = opened.from; number < opened.to; number += atOnce) {
      const last = Math.min(number + atOnce, opened.to);
      const some = Array.from({ length: last - number }, (_, n) => openOne(opened, number + n));
      viewers.push(...(await Promise.all(some)));
    }
  },
  /** Gifts of one viewer after the other, each in one of so many lives, until `close`. */
  send({ perSecond, lives }: { readonly perSecond: number; readonly lives: number }): void {
    let turn = 0;
    stop = sendSteadily(perSecond, () => {
      const { number, socket } = viewers[turn++ % viewers.length]!;
      const ask = asks++;
      const claim = { combo: v7(), live: `live-${number % lives}`, gift: cheapest, count: 1 };
      sentAt.set(ask, performance.now());
      socket.say(`42${ask}["gift:send",${JSON.stringify(claim)}]`);
    });
  },
  /** What was answered since this was last asked. */
  take(): Answered {
    const answered = { latencies: Float64Array.from(latencies), refused };
    [latencies, refused] = [[], 0];
    return answered;
  },
  close(): void {
    stop?.();
    for (const { socket } of viewers) socket.close();
    viewers = [];
    sentAt.clear();
  },
};

export type ConnectedClients = typeof questions;

answerQuestions(questions);
