import { setTimeout as pause } from 'node:timers/promises';
import { cpuOf } from './cpu.ts';
import { openSender, startSending } from './fanout-gifts.ts';
import { startProgram } from './fanout-programs.ts';
import { awaitDelivered, type Room, type RoomFigures } from './fanout-room.ts';
import type { StockServer } from './fanout-stock.ts';
import type { Watchers } from './fanout-watchers.ts';
import type { PlannedClaim } from './load.ts';

/** It sustains a rate while its event loop is no later than this. */
const maxDelayMs = 100;
const tryMs = 2_000;
const tries = 3;
const faster = 1.4;
/** So many messages a second over all watchers are no trouble for it: where the search begins. */
const easyMessages = 25_000;

type Figures = RoomFigures & { readonly delayMs: number };

/** A stock Socket.IO server, whose rooms are measured. */
export const openStock = async () => {
  const server = await startProgram<StockServer>('fanout-stock.ts');
  const url = `http://127.0.0.1:${await server.ask('listen', { port: 0, recovery: false })}`;

  const measure = async ({ watchers, perSecond, seconds, plan }: Room): Promise<Figures> => {
    const sender = await openSender(url);
    const program = await startProgram<Watchers>('fanout-watchers.ts');
    try {
      await program.ask('open', { url, count: watchers });
      await server.ask('delayMs');
      const bytesBefore = (await program.ask('take', watchers)).bytes;
      const before = [cpuOf(server.pid), cpuOf(program.pid)] as const;
      const began = performance.now();
      const sending = startSending(sender, { live: 'live', plan, perSecond, numbered: true });
      await pause(seconds * 1_000);
      const delayMs = await server.ask('delayMs');
      const { gifts, last } = await sending.end();
      const sentFor = performance.now() - began;
      await awaitDelivered(program, watchers, last);
      const micros = ((cpuOf(server.pid) - before[0]) * 1_000) / gifts;
      const clientsCpu = (cpuOf(program.pid) - before[1]) / (performance.now() - began);
      const { bytes, p50, p99 } = await program.ask('take', watchers);
      return {
        perSecond: (gifts * 1_000) / sentFor,
        ...{ cpuMicros: micros, watchedMicros: micros, delayMs, clientsCpu },
        bytes: (bytes - bytesBefore) / gifts / watchers,
        ...{ seen: { p50, p99 }, watchersP99: p99, refused: 0 },
      };
    } finally {
      sender.disconnect();
      await program.end();
    }
  };

  /** Whether it is in any of a few tries: other work on the machine delays it too. */
  const isSustained = async (room: Room): Promise<boolean> => {
    for (let n = 0; n < tries; n++) {
      if ((await measure(room)).delayMs < maxDelayMs) return true;
    }
    return false;
  };

  return {
    measure,
    /** The highest rate that it sustains, up to the one that is wanted. */
    async findRate(watchers: number, wanted: number, plan: readonly PlannedClaim[]): Promise<number> {
      let sustained = Math.min(wanted, Math.round(easyMessages / watchers));
      while (sustained < wanted) {
        const next = Math.min(wanted, Math.round(sustained * faster));
        if (!(await isSustained({ watchers, perSecond: next, seconds: tryMs / 1_000, plan }))) break;
        sustained = next;
      }
      return sustained;
    },
    close: () => server.end(),
  };
};
