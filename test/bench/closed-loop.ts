import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { openEventStore } from '@carat/event-store';
import { signToken } from '@carat/service-kit';
import { cpuPerThousand, cpuTimes, type Measurable } from './cpu.ts';
import { planClaims } from './crowd.ts';
import { type LoadResult, openSockets, type PlannedClaim, runClosedLoop } from './load.ts';
import { median } from './rounds.ts';

/** The closed loop as the budget for claims acknowledged and projected has it. */
export const closedLoop = { sockets: 100, inFlight: 10, warmUpMs: 2_000, runMs: 8_000 } as const;

const size = { lives: 50, viewers: 20_000, claims: 600_000 } as const;
const maxCatchUpMs = 120_000;
const catchUpPollMs = 5;

/** Who sends what in which lives; each plan is for one socket. */
export type Crowd = {
  readonly lives: readonly string[];
  readonly viewers: readonly string[];
  readonly plans: readonly (readonly PlannedClaim[])[];
};

/**
 * 20,000 viewers with the skew of real lives, spread over sockets. @param prefix goes before all names, for a
 * log that others have written to as well
 */
export const gatherCrowd = (prefix = '', sockets: number = closedLoop.sockets): Crowd => {
  const lives = Array.from({ length: size.lives }, (_, n) => `${prefix}live-${n}`);
  const plans = planClaims(lives, size.viewers, size.claims, sockets).map((plan) =>
    plan.map((claim) => ({ ...claim, viewer: prefix + claim.viewer })),
  );
  return { lives, plans, viewers: [...new Set(plans.flat().map(({ viewer }) => viewer))] };
};

/** What a load came to, and the CPU-seconds per 1,000 gifts of every process. */
export type Loaded = LoadResult & { readonly cpu: ReadonlyMap<string, number> };
export type LoadedCarat = Loaded & { readonly projectedPerSecond: number };

/** Loads one server, or several of which each has its part of the sockets. @param runMs is measured */
export const loadServers = async (
  urls: readonly string[],
  token: string | undefined,
  plans: Crowd['plans'],
  runMs: number,
): Promise<LoadResult> => {
  const each = Math.ceil(plans.length / urls.length);
  const sockets = (await Promise.all(urls.map((url) => openSockets(url, token, each)))).flat();
  const result = await runClosedLoop(sockets, plans, { ...closedLoop, runMs });
  for (const socket of sockets) socket.disconnect();
  return result;
};

/** A bare Socket.IO server in a process of its own, which acknowledges what it is sent. */
export const startEcho = async () => {
  const server = fork(join(import.meta.dirname, 'echo-server.ts'));
  const [port] = await once(server, 'message');
  return {
    url: `http://127.0.0.1:${port}`,
    pid: server.pid!,
    async stop(): Promise<void> {
      server.kill();
      await once(server, 'exit');
    },
  };
};

export const loadEcho = async ({ plans }: Crowd, runMs: number): Promise<LoadResult> => {
  const echo = await startEcho();
  try {
    return await loadServers([echo.url], undefined, plans, runMs);
  } finally {
    await echo.stop();
  }
};

export const serviceToken = ({ secret }: Pick<Measurable, 'secret'>): Promise<string> =>
  signToken({ sub: 'bench', roles: ['service'], ttlSeconds: 7_200 }, secret);

/** Waits until the numbers are as of the end of the log. */
export const waitUntilProjected = async (
  system: Pick<Measurable, 'eventStore' | 'apiUrl'>,
  token: string,
  live: string,
): Promise<void> => {
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
      await new Promise((resolve) => setTimeout(resolve, catchUpPollMs));
    }
  }
};

/** Loads all gateways of a system until everything that was acknowledged is projected too. */
export const loadCarat = async (
  system: Measurable,
  { plans, lives }: Crowd,
  runMs: number,
): Promise<LoadedCarat> => {
  const token = await serviceToken(system);
  const startedAt = performance.now();
  const before = cpuTimes(system);
  const gifts = await loadServers(system.gatewayUrls, token, plans, runMs);
  const loadedFor = performance.now() - startedAt;
  await waitUntilProjected(system, token, lives[0]!);
  const projectedFor = performance.now() - startedAt;
  // All that was acknowledged at this pace while the load ran was projected when the numbers had caught up.
  const projectedPerSecond = (gifts.perSecond * loadedFor) / projectedFor;
  const sent = (gifts.perSecond * loadedFor) / 1_000;
  return { ...gifts, projectedPerSecond, cpu: cpuPerThousand(before, cpuTimes(system), sent) };
};

/** The slower of both: what was acknowledged and projected. */
export const bothPerSecond = ({ perSecond, projectedPerSecond }: LoadedCarat): number =>
  Math.min(perSecond, projectedPerSecond);

/** CPU-seconds per 1,000 gifts of every process, medians of rounds. */
export const medianCpu = (rounds: readonly Pick<Loaded, 'cpu'>[]): Record<string, number> =>
  Object.fromEntries(
    [...rounds[0]!.cpu.keys()].map((name) => [
      name,
      Number(median(rounds.map(({ cpu }) => cpu.get(name)!)).toFixed(4)),
    ]),
  );
