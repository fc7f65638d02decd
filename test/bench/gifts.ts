import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { openEventStore } from '@carat/event-store';
import { type System, startSystem } from '@carat/local';
import { signToken } from '@carat/service-kit';
import { cpuPerThousand, cpuTimes } from './cpu.ts';
import { planClaims, seedLog } from './crowd.ts';
import { type LoadResult, openSockets, type PlannedClaim, runClosedLoop } from './load.ts';
import { median } from './rounds.ts';

/** Closed loop, as the budget for claims acknowledged and projected has it. */
const setting = { sockets: 100, inFlight: 10, warmUpMs: 2_000, runMs: 8_000, lives: 50, viewers: 20_000 };
const plannedClaims = 600_000;
const maxCatchUpMs = 120_000;

type GiftsRound = {
  readonly gifts: LoadResult;
  readonly projectedPerSecond: number;
  /** CPU-seconds per 1,000 gifts of every process. */
  readonly cpu: ReadonlyMap<string, number>;
};
type Round = GiftsRound & { readonly echo: LoadResult };

const load = async (
  url: string,
  token: string | undefined,
  plans: readonly (readonly PlannedClaim[])[],
): Promise<LoadResult> => {
  const sockets = await openSockets(url, token, setting.sockets);
  const result = await runClosedLoop(sockets, plans, setting);
  for (const socket of sockets) socket.disconnect();
  return result;
};

const loadEcho = async (plans: readonly (readonly PlannedClaim[])[]): Promise<LoadResult> => {
  const server = fork(join(import.meta.dirname, 'echo-server.ts'));
  const [port] = await once(server, 'message');
  try {
    return await load(`http://127.0.0.1:${port}`, undefined, plans);
  } finally {
    server.kill();
  }
};

/** Waits until the numbers are as of the end of the log; how many events that log has gained. */
const waitUntilProjected = async (system: System, token: string, live: string): Promise<void> => {
  const store = await openEventStore(system.eventStore);
  const end = await store.head();
  await store.close();
  const deadline = Date.now() + maxCatchUpMs;
  const paths = [`/lives/${live}/totals`, '/boards/gifters?window=all'];
  for (const path of paths) {
    for (;;) {
      const response = await fetch(`${system.apiUrl}${path}`, {
        headers: { authorization: `Bearer ${token}` },
      });
      const body = (await response.json()) as { asOf?: { position: string | null } };
      if (Number(body.asOf?.position ?? -1) >= Number(end!.position)) break;
      if (Date.now() > deadline) throw new Error(`The numbers have not caught up within ${maxCatchUpMs} ms.`);
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  }
};

const loadGifts = async (
  system: System,
  plans: readonly (readonly PlannedClaim[])[],
  live: string,
): Promise<GiftsRound> => {
  const token = await signToken({ sub: 'bench', roles: ['service'], ttlSeconds: 3_600 }, system.secret);
  const startedAt = performance.now();
  const before = cpuTimes(system);
  const gifts = await load(system.gatewayUrls[0]!, token, plans);
  const loadedFor = performance.now() - startedAt;
  await waitUntilProjected(system, token, live);
  const projectedFor = performance.now() - startedAt;
  // All that was acknowledged at this pace while the load ran was projected when the numbers had caught up.
  const projectedPerSecond = (gifts.perSecond * loadedFor) / projectedFor;
  const sent = (gifts.perSecond * loadedFor) / 1_000;
  return { gifts, projectedPerSecond, cpu: cpuPerThousand(before, cpuTimes(system), sent) };
};

const report = (rounds: readonly Round[], json: boolean): void => {
  const of = (read: (round: Round) => number, digits = 2): number =>
    Number(median(rounds.map(read)).toFixed(digits));
  const result = {
    bench: 'gifts',
    rounds: rounds.length,
    acknowledgedPerSecond: Math.round(of((round) => round.gifts.perSecond)),
    projectedPerSecond: Math.round(of((round) => round.projectedPerSecond)),
    refused: rounds.reduce((sum, round) => sum + round.gifts.refused, 0),
    p50: of((round) => round.gifts.p50),
    p99: of((round) => round.gifts.p99),
    echoPerSecond: Math.round(of((round) => round.echo.perSecond)),
    echoP99: of((round) => round.echo.p99),
    ratio: of((round) => Math.min(round.gifts.perSecond, round.projectedPerSecond) / round.echo.perSecond),
    budget: 0.5,
    cpuSecondsPer1000: Object.fromEntries(
      [...rounds[0]!.cpu.keys()].map((name) => [name, of((round) => round.cpu.get(name)!, 4)]),
    ),
  };
  if (json) return console.log(JSON.stringify(result));
  console.log(`claims acknowledged   ${result.acknowledgedPerSecond}/s`);
  console.log(`projected             ${result.projectedPerSecond}/s`);
  console.log(`refused               ${result.refused}`);
  console.log(`claim to receipt      p50 ${result.p50} ms, p99 ${result.p99} ms`);
  console.log(`bare Socket.IO echo   ${result.echoPerSecond}/s, p99 ${result.echoP99} ms`);
  console.log(
    `ratio                 ${result.ratio} (budget ${result.budget}; medians of ${result.rounds} rounds)`,
  );
  const cpu = Object.entries(result.cpuSecondsPer1000).map(([name, seconds]) => `${name} ${seconds}`);
  console.log(`CPU-s per 1,000       ${cpu.join(', ')}`);
};

/**
 * `npm run bench -- gifts`: claims acknowledged and projected, beside a bare echo with the same clients and
 * claims.
 */
export const benchGifts = async (args: readonly string[]): Promise<void> => {
  const { values } = parseArgs({
    args: [...args],
    options: { json: { type: 'boolean', default: false }, rounds: { type: 'string', default: '3' } },
  });
  const lives = Array.from({ length: setting.lives }, (_, n) => `live-${n}`);
  const plans = planClaims(lives, setting.viewers, plannedClaims, setting.sockets);
  const viewers = [...new Set(plans.flat().map((claim) => claim.viewer))];
  const dir = await mkdtemp(join(tmpdir(), 'carat-bench-'));
  const eventStore = `sqlite:${join(dir, 'carat.db')}`;
  await seedLog(eventStore, lives, viewers);
  const system = await startSystem({ dir, eventStore, env: { LOG_LEVEL: 'warn' } });
  try {
    const rounds: Round[] = [];
    for (let n = 0; n < Number(values.rounds); n++) {
      const echo = await loadEcho(plans);
      rounds.push({ echo, ...(await loadGifts(system, plans, lives[0]!)) });
    }
    report(rounds, values.json);
  } finally {
    await system.stop();
    await rm(dir, { recursive: true, force: true });
  }
};
