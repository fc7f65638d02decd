import { setTimeout as pause } from 'node:timers/promises';
import { io, type Socket } from 'socket.io-client';
import { cpuOf } from './cpu.ts';
import { type DropsProfile, deal, planDrops } from './drops-run.ts';
import type { DropsStockClients, StockVerdict } from './drops-stock-clients.ts';
import { sendSteadily } from './fanout-pace.ts';
import { type Program, startProgram } from './fanout-programs.ts';
import type { StockServer } from './fanout-stock.ts';

export type StockResult = StockVerdict & {
  readonly cuts: number;
  /** Gifts that the server acknowledged, so sent on to the room. */
  readonly gifts: number;
  readonly serverCpuMs: number;
};

const maxSettleMs = 30_000;
const settlePollMs = 100;
/** Who is away at the kill cannot come back to what it missed: losses of so long before it are the kill's. */
const killCostsMs = 5_000;

const startGifts = (socket: Socket, profile: DropsProfile) => {
  const plan = planDrops(profile).flat();
  const sent: number[] = [];
  const stop = sendSteadily(profile.giftsPerSecond, (number) => {
    // What was never acknowledged need not have been sent on.
    if (!socket.connected) return;
    socket.emit('gift:send', { ...plan[number % plan.length]!, number }, () => sent.push(number));
  });
  return { sent, stop };
};

const settle = async (programs: readonly Program<DropsStockClients>[], last: number): Promise<void> => {
  for (const deadline = performance.now() + maxSettleMs; performance.now() < deadline; ) {
    const behind = await Promise.all(programs.map((program) => program.ask('behind', last)));
    if (behind.every((count) => count === 0)) return;
    await pause(settlePollMs);
  }
};

/** The same with stock Socket.IO and its connection state recovery: one server, killed half way too. */
export const runStockDrops = async (profile: DropsProfile): Promise<StockResult> => {
  let server = await startProgram<StockServer>('fanout-stock.ts');
  const programs: Program<DropsStockClients>[] = [];
  const port = await server.ask('listen', { port: 0, recovery: true });
  const url = `http://127.0.0.1:${port}`;
  const socket = io(url, { transports: ['websocket'], forceNew: true });
  try {
    for (const clients of deal(profile.watchers, profile.programs)) {
      const program = await startProgram<DropsStockClients>('drops-stock-clients.ts');
      programs.push(program);
      await program.ask('watch', { url, clients });
    }
    const before = cpuOf(server.pid);
    const { sent, stop } = startGifts(socket, profile);
    for (const program of programs) await program.ask('disturb', profile.cuts);
    await pause(profile.seconds * 500);
    const atKill = cpuOf(server.pid);
    const killedAfter = (sent.at(-1) ?? 0) - (killCostsMs * profile.giftsPerSecond) / 1_000;
    await server.end('SIGKILL');
    server = await startProgram<StockServer>('fanout-stock.ts');
    await server.ask('listen', { port, recovery: true });
    await pause(profile.seconds * 500);
    const cuts = await Promise.all(programs.map((program) => program.ask('calm')));
    stop();
    await settle(programs, sent.at(-1) ?? 0);
    const serverCpuMs = atKill - before + cpuOf(server.pid);
    const verdicts = await Promise.all(
      programs.map((program) => program.ask('judge', { sent, before: killedAfter })),
    );
    const sum = (name: keyof StockVerdict): number =>
      verdicts.reduce((total, verdict) => total + verdict[name], 0);
    return {
      clients: sum('clients'),
      lost: sum('lost'),
      lostBefore: sum('lostBefore'),
      doubled: sum('doubled'),
      clientsWithLoss: sum('clientsWithLoss'),
      recovered: sum('recovered'),
      begunAnew: sum('begunAnew'),
      cuts: cuts.reduce((total, count) => total + count, 0),
      gifts: sent.length,
      serverCpuMs,
    };
  } finally {
    socket.disconnect();
    await Promise.all(programs.map((program) => program.end()));
    await server.end();
  }
};
