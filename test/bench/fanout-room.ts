import { setTimeout as pause } from 'node:timers/promises';
import { connect } from '@carat/client';
import type { System } from '@carat/local';
import { signToken } from '@carat/service-kit';
import { cpuOf } from './cpu.ts';
import { openSender, startSending } from './fanout-gifts.ts';
import { type Program, startProgram } from './fanout-programs.ts';
import type { Watchers } from './fanout-watchers.ts';
import type { PlannedClaim } from './load.ts';
import { quantile } from './quantiles.ts';

export type Seen = { readonly p50: number; readonly p99: number };

export type RoomFigures = {
  readonly perSecond: number;
  /** CPU of the server per gift, until the last watcher had the last gift. */
  readonly cpuMicros: number;
  /** Of this, what the gateway took that the watchers are connected to; the other one took the gifts in. */
  readonly watchedMicros: number;
  /** What a watcher was sent, by gift. */
  readonly bytes: number;
  /** From the claim to the creator. */
  readonly seen: Seen;
  /** From the decision to the watchers, the oldest gift of each part, p99 in ms. */
  readonly watchersP99: number;
  /** Of one core, what all watchers together took. */
  readonly clientsCpu: number;
  readonly refused: number;
};

export type Room = {
  readonly watchers: number;
  readonly perSecond: number;
  readonly seconds: number;
  readonly plan: readonly PlannedClaim[];
};

const maxDeliverMs = 60_000;
const deliverPollMs = 10;

/** Waits until all of the first so many watchers were told everything up to a place. */
export const awaitDelivered = async (
  program: Program<Watchers>,
  watchers: number,
  last: number,
): Promise<void> => {
  const deadline = performance.now() + maxDeliverMs;
  while ((await program.ask('upTo', watchers)) < last) {
    if (performance.now() > deadline) throw new Error(`Not everything was delivered in ${maxDeliverMs} ms.`);
    await pause(deliverPollMs);
  }
};

const quantilesOf = (values: readonly number[]): Seen => {
  const sorted = Float64Array.from(values).sort();
  return { p50: quantile(sorted, 0.5), p99: quantile(sorted, 0.99) };
};

/** Notes when the creator sees what was sent. @param sentAt by combo and count */
const watchAsCreator = async (system: System, live: string) => {
  const claims = { sub: `creator-of-${live}`, roles: ['creator'], ttlSeconds: 3_600 };
  const carat = await connect({
    url: system.gatewayUrls[0]!,
    token: await signToken(claims, system.secret),
  });
  const seenAt = new Map<string, number>();
  const watching = carat.watch(live, {
    onFeed: ({ bookings }) => {
      const now = Date.now();
      for (const { combo, count } of bookings) seenAt.set(`${combo}/${count}`, now);
    },
  });
  await watching.ready;
  return {
    close: () => carat.close(),
    since(sentAt: ReadonlyMap<string, number>): Seen {
      return quantilesOf([...seenAt].map(([gift, at]) => at - sentAt.get(gift)!));
    },
  };
};

/** Gifts flow into a live, sent through one gateway and watched at the other. */
export const roomOf = async (
  system: System,
  { live, watchers, perSecond, seconds, plan }: Room & { readonly live: string },
): Promise<RoomFigures> => {
  const [watched, other] = [system.process('gateway').pid!, system.process('gateway-2').pid!];
  const token = await signToken({ sub: 'platform', roles: ['service'], ttlSeconds: 3_600 }, system.secret);
  const sender = await openSender(system.gatewayUrls[1]!, token);
  const program = await startProgram<Watchers>('fanout-watchers.ts');
  const creator = await watchAsCreator(system, live);
  try {
    const carat = { live, secret: system.secret };
    await program.ask('open', { url: system.gatewayUrls[0]!, count: watchers, carat });
    const bytesBefore = (await program.ask('take', watchers)).bytes;
    const before = [cpuOf(watched), cpuOf(other), cpuOf(program.pid)] as const;
    const began = performance.now();
    const sending = startSending(sender, { live, plan, perSecond, numbered: false });
    await pause(seconds * 1_000);
    const { gifts, last, refused } = await sending.end();
    const sentFor = performance.now() - began;
    await awaitDelivered(program, watchers, last);
    const [watchedMs, otherMs, clientsMs] = [
      cpuOf(watched) - before[0],
      cpuOf(other) - before[1],
      cpuOf(program.pid) - before[2],
    ];
    const { bytes, p99 } = await program.ask('take', watchers);
    return {
      perSecond: (gifts * 1_000) / sentFor,
      cpuMicros: ((watchedMs + otherMs) * 1_000) / gifts,
      watchedMicros: (watchedMs * 1_000) / gifts,
      bytes: (bytes - bytesBefore) / gifts / watchers,
      seen: creator.since(sending.sentAt),
      watchersP99: p99,
      clientsCpu: clientsMs / (performance.now() - began),
      refused,
    };
  } finally {
    await creator.close();
    sender.disconnect();
    await program.end();
  }
};
