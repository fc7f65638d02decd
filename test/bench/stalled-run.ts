import { setTimeout as pause } from 'node:timers/promises';
import type { System } from '@carat/local';
import { signToken } from '@carat/service-kit';
import { metricOf } from '../e2e/storm.ts';
import { residentOf } from './cpu.ts';
import { openSender, startSending } from './fanout-gifts.ts';
import { startProgram } from './fanout-programs.ts';
import { awaitDelivered, type Room, type Seen } from './fanout-room.ts';
import type { Watchers } from './fanout-watchers.ts';

/** What the gateway's memory holds, in bytes. */
export type Memory = { readonly resident: number; readonly heap: number; readonly unsent: number };

export type StalledFigures = {
  readonly stalled: number;
  /** From the decision to the watchers that go on reading, the oldest gift of each part, in ms. */
  readonly others: Seen;
  /** One look after the other. */
  readonly memory: readonly Memory[];
  /** Clients that the gateway ended, as they did not read. */
  readonly ended: number;
  readonly perSecond: number;
};

export type StalledRoom = Room & {
  readonly live: string;
  readonly stalled: number;
  /** Watchers that never stall, in any run: the same are compared. */
  readonly others: number;
};

const lookEveryMs = 500;
const warmUpMs = 2_000;

/** Gifts flow into a room, sent through one gateway; at the other some of the watchers stop reading. */
export const runStalled = async (
  system: System,
  { live, watchers, others, stalled, perSecond, seconds, plan }: StalledRoom,
): Promise<StalledFigures> => {
  const url = system.gatewayUrls[0]!;
  const token = await signToken({ sub: 'platform', roles: ['service'], ttlSeconds: 3_600 }, system.secret);
  const sender = await openSender(system.gatewayUrls[1]!, token);
  const program = await startProgram<Watchers>('fanout-watchers.ts');
  const look = async (): Promise<Memory> => ({
    resident: residentOf(system.process('gateway').pid!),
    heap: await metricOf(url, 'nodejs_heap_size_used_bytes'),
    unsent: await metricOf(url, 'carat_unsent_bytes'),
  });
  try {
    await program.ask('open', { url, count: watchers, carat: { live, secret: system.secret } });
    const endedBefore = await metricOf(url, 'carat_slow_clients_total');
    const sending = startSending(sender, { live, plan, perSecond, numbered: false });
    await pause(warmUpMs);
    await program.ask('take', others);
    await program.ask('stall', stalled);
    const began = performance.now();
    const memory: Memory[] = [];
    for (const end = began + seconds * 1_000; performance.now() < end; await pause(lookEveryMs)) {
      memory.push(await look());
    }
    const { p50, p99 } = await program.ask('take', others);
    const { gifts, last } = await sending.end();
    await awaitDelivered(program, others, last);
    return {
      stalled,
      others: { p50, p99 },
      memory,
      ended: (await metricOf(url, 'carat_slow_clients_total')) - endedBefore,
      perSecond: (gifts * 1_000) / (warmUpMs + performance.now() - began),
    };
  } finally {
    sender.disconnect();
    await program.end();
  }
};
