import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { connect } from '@carat/client';
import type { Event } from '@carat/domain';
import { openEventStore } from '@carat/event-store';
import { type System, startSystem } from '@carat/local';
import { signToken } from '@carat/service-kit';
import { cpuOf } from './cpu.ts';
import { planClaims, seedLog } from './crowd.ts';
import type { CatchUp, DropsClients, Truth, Verdict } from './drops-clients.ts';
import type { Cuts } from './drops-cutting.ts';
import { sendSteadily } from './fanout-pace.ts';
import { type Program, startProgram } from './fanout-programs.ts';
import type { PlannedClaim } from './load.ts';

export type DropsProfile = {
  readonly watchers: number;
  readonly programs: number;
  readonly seconds: number;
  readonly giftsPerSecond: number;
  readonly cuts: Cuts;
  /** Clients of each program that are not cut, but stop reading until the gifts end. */
  readonly stalled: number;
};

export type DropsResult = Omit<Verdict, 'catchUps' | 'agesMs'> & {
  readonly cuts: number;
  readonly gifts: number;
  readonly refused: number;
  /** How soon clients were level after each welcome, in ms, sorted; and those whom the kill made return. */
  readonly catchUpsMs: readonly number[];
  readonly killCatchUpsMs: readonly number[];
  /** How old bookings were when they came to clients that were there, sorted. */
  readonly agesMs: readonly number[];
  /** How long after the last gift all clients were level, in ms. */
  readonly settledMs: number;
  /** Of both gateways, before the kill and after it, in ms. */
  readonly gatewayCpuMs: number;
};

const live = 'live-0';
const viewers = 2_000;
const senders = 4;
const maxSettleMs = 60_000;
const settlePollMs = 20;
const pageEvents = 2_000;
/** Who was with the gateway that is killed comes back within this time. */
const killReturnsMs = 3_000;

const sortedMs = (catchUps: readonly CatchUp[]): number[] =>
  catchUps.map(({ ms }) => ms).sort((a, b) => a - b);

/** The numbers of clients, dealt out to programs. */
export const deal = (clients: number, programs: number): number[][] =>
  Array.from({ length: programs }, (_, program) =>
    Array.from({ length: clients }, (_, n) => n).filter((n) => n % programs === program),
  );

/** Claims of the simulated viewers of one live, enough for a whole run, a plan for each sender. */
export const planDrops = ({ giftsPerSecond, seconds }: DropsProfile): PlannedClaim[][] =>
  planClaims([live], viewers, Math.ceil(giftsPerSecond * seconds * 1.2), senders);

const readTruth = async (url: string): Promise<Truth> => {
  const store = await openEventStore(url);
  const [positions, ats]: [number[], number[]] = [[], []];
  const totals = { gifts: 0, coins: 0 };
  for (let after: Parameters<typeof store.readAll>[0]['after']; ; ) {
    const { events, upTo, atHead } = await store.readAll({ after, prefixes: ['wallet-'], limit: pageEvents });
    for (const { type, data, position } of events) {
      if (type !== 'GiftSent') continue;
      const { at, booked, coins } = data as Event<'GiftSent'>['data'];
      positions.push(Number(position));
      ats.push(at);
      totals.gifts += booked;
      totals.coins += coins;
    }
    after = upTo;
    if (atHead) break;
  }
  await store.close();
  return { positions, ats, totals };
};

/** Sends what simulated viewers send, through clients of the SDK that know both gateways. */
const startGifts = async ({ gatewayUrls, secret }: System, profile: DropsProfile) => {
  const token = await signToken({ sub: 'platform', roles: ['service'], ttlSeconds: 3_600 }, secret);
  const plans = planDrops(profile);
  const clients = await Promise.all(
    plans.map((_, n) => connect({ url: n % 2 === 0 ? gatewayUrls : gatewayUrls.toReversed(), token })),
  );
  const combos = new Map<number, string>();
  let refused = 0;
  const sent: Promise<unknown>[] = [];
  const stop = sendSteadily(profile.giftsPerSecond, (number) => {
    const carat = clients[number % senders]!;
    const { combo, ...claim } = plans[number % senders]![Math.floor(number / senders)]!;
    const id = combos.get(combo) ?? carat.newComboId();
    combos.set(combo, id);
    sent.push(
      carat.claim({ ...claim, combo: id }).catch(() => {
        refused++;
      }),
    );
  });
  return async () => {
    const count = stop();
    await Promise.all(sent);
    await Promise.all(clients.map((client) => client.close()));
    return { gifts: count, refused };
  };
};

/** Both gateways, and a kill of the second half way, from which its time begins anew. */
const playOut = async (system: System, { seconds }: DropsProfile) => {
  const [first, second] = [system.process('gateway'), system.process('gateway-2')];
  const used = () => cpuOf(first.pid!) + cpuOf(second.pid!);
  const before = used();
  await pause(seconds * 500);
  const atKill = cpuOf(second.pid!);
  const killedAt = Date.now();
  second.kill('SIGKILL');
  await second.exited;
  await pause(seconds * 500);
  await second.ready();
  return { gatewayCpuMs: used() + atKill - before, killedAt };
};

const settle = async (programs: readonly Program<DropsClients>[], truth: Truth): Promise<number> => {
  const last = truth.positions.at(-1) ?? 0;
  const began = performance.now();
  for (;;) {
    const behind = await Promise.all(
      programs.map((program) => program.ask('behind', { last, gifts: truth.totals.gifts })),
    );
    const since = performance.now() - began;
    if (behind.every((count) => count === 0) || since > maxSettleMs) return since;
    await pause(settlePollMs);
  }
};

/**
 * Two gateways, clients of the SDK that know both, each cut off again and again, and a `kill -9` of one
 * gateway half way. In the end every client is compared with the log, booking by booking.
 */
export const runDrops = async (profile: DropsProfile): Promise<DropsResult> => {
  const dir = await mkdtemp(join(tmpdir(), 'carat-drops-'));
  const eventStore = `sqlite:${join(dir, 'carat.db')}`;
  const planned = planDrops(profile).flat();
  await seedLog(eventStore, [live], [...new Set(planned.map(({ viewer }) => viewer))]);
  const env = { LOG_LEVEL: 'warn', CARAT_SOCKETS_PER_ADDRESS: '100000' };
  const system = await startSystem({ dir, eventStore, gateways: 2, env });
  const programs: Program<DropsClients>[] = [];
  try {
    for (const clients of deal(profile.watchers, profile.programs)) {
      const program = await startProgram<DropsClients>('drops-clients.ts');
      programs.push(program);
      const { gatewayUrls: gateways, secret } = system;
      await program.ask('watch', { gateways, secret, live, clients });
    }
    const endGifts = await startGifts(system, profile);
    const { cuts: each, stalled } = profile;
    for (const program of programs) await program.ask('disturb', { cuts: each, stalled });
    const { gatewayCpuMs, killedAt } = await playOut(system, profile);
    const cuts = await Promise.all(programs.map((program) => program.ask('calm')));
    const ended = await endGifts();
    const truth = await readTruth(eventStore);
    const settledMs = await settle(programs, truth);
    const verdicts = await Promise.all(programs.map((program) => program.ask('judge', truth)));
    const catchUps = verdicts.flatMap((verdict) => verdict.catchUps);
    const ofKill = catchUps.filter(({ at }) => at >= killedAt && at < killedAt + killReturnsMs);
    const sum = (read: (verdict: Verdict) => number): number =>
      verdicts.reduce((total, verdict) => total + read(verdict), 0);
    return {
      ...ended,
      cuts: cuts.reduce((total, count) => total + count, 0),
      clients: sum(({ clients }) => clients),
      missed: sum(({ missed }) => missed),
      doubled: sum(({ doubled }) => doubled),
      unknown: sum(({ unknown }) => unknown),
      gaps: sum(({ gaps }) => gaps),
      offTotals: sum(({ offTotals }) => offTotals),
      catchUpsMs: sortedMs(catchUps),
      killCatchUpsMs: sortedMs(ofKill),
      agesMs: verdicts.flatMap(({ agesMs }) => agesMs).sort((a, b) => a - b),
      settledMs: Math.round(settledMs),
      gatewayCpuMs,
    };
  } finally {
    await Promise.all(programs.map((program) => program.end()));
    await system.stop();
    await rm(dir, { recursive: true, force: true });
  }
};
