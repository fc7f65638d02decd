import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { openEventStore, type StreamWrite } from '@carat/event-store';
import { startSystem } from '@carat/local';
import { signToken } from '@carat/service-kit';
import { Redis } from 'ioredis';
import { v7 } from 'uuid';
import { lastObject, runCarat } from '../e2e/command.ts';
import { planClaims, seedLog } from './crowd.ts';
import { openSockets, type PlannedClaim, startOpenLoop } from './load.ts';
import { dumpBoth } from './rebuild-dumps.ts';
import { watchPhases } from './rebuild-phases.ts';
import { machine } from './rounds.ts';
import { sealLog } from './seal-log.ts';
import { awaitWhole } from './whole-numbers.ts';

const setting = { lives: 50, viewers: 20_000, sockets: 20, perSecond: 2_000, calmMs: 10_000 };
const plannedClaims = 200_000;
const budget = { rebuildSeconds: 20, latency: 2 };
const writesAtOnce = 100;

/** Bookings of a day that is over, as the simulator has them, by viewers of their own. */
const writePast = async (url: string, lives: readonly string[], gifts: number): Promise<void> => {
  const store = await openEventStore(url);
  const [plan = []] = planClaims(lives, setting.viewers, gifts, 1);
  const revisions = new Map<string, number>();
  const counts = new Map<number, number>();
  const at = Date.now() - 86_400_000;
  const toData = ({ viewer, live, gift, combo, count }: PlannedClaim, n: number) => {
    const booked = Math.max(1, count - (counts.get(combo) ?? 0));
    counts.set(combo, count);
    const id = `018f2f6e-0000-7000-8000-${combo.toString(16).padStart(12, '0')}`;
    return {
      ...{ combo: id, viewer: `past-${viewer}`, live, creator: `creator-of-${live}`, gift, booked, count },
      ...{ coins: 5 * booked, millidiamonds: 5_000 * booked, unitCoins: 5, rate: 1_000, at: at + n },
      after: { balance: 0 },
    };
  };
  for (let n = 0; n < plan.length; ) {
    const writes = new Map<string, StreamWrite & { events: object[] }>();
    for (; n < plan.length && writes.size < writesAtOnce; n++) {
      const data = toData(plan[n]!, n);
      const stream = `wallet-${data.viewer}`;
      const last = revisions.get(stream) ?? -1;
      const write = writes.get(stream) ?? {
        stream,
        expected: last < 0 ? ('no_stream' as const) : last,
        events: [],
      };
      if (write.events.length === 4) break;
      writes.set(stream, write);
      write.events.push({ id: v7(), type: 'GiftSent', data });
    }
    for (const [stream, { events }] of writes) {
      revisions.set(stream, (revisions.get(stream) ?? -1) + events.length);
    }
    await store.append([...writes.values()]);
  }
  await sealLog(store);
  await store.close();
};

/**
 * `npm run bench -- rebuild`: a million gifts are rebuilt by `carat rebuild`, while claims come at a steady
 * pace; beside it, how soon claims are answered while nothing is rebuilt, in the same run.
 */
export const benchRebuild = async (args: readonly string[]): Promise<void> => {
  const { values } = parseArgs({
    args: [...args],
    options: { json: { type: 'boolean', default: false }, gifts: { type: 'string', default: '1000000' } },
  });
  const gifts = Number(values.gifts);
  const lives = Array.from({ length: setting.lives }, (_, n) => `live-${n}`);
  const plans = planClaims(lives, setting.viewers, plannedClaims, setting.sockets);
  const dir = await mkdtemp(join(tmpdir(), 'carat-bench-'));
  const eventStore = `sqlite:${join(dir, 'carat.db')}`;
  await seedLog(eventStore, lives, [...new Set(plans.flat().map(({ viewer }) => viewer))]);
  await writePast(eventStore, lives, gifts);
  const system = await startSystem({ dir, eventStore, env: { LOG_LEVEL: 'warn' } });
  const redis = new Redis(system.redisUrl);
  try {
    await awaitWhole(redis);
    const token = await signToken({ sub: 'bench', roles: ['service'], ttlSeconds: 3_600 }, system.secret);
    const sockets = await openSockets(system.gatewayUrls[0]!, token, setting.sockets);
    const load = startOpenLoop(sockets, plans, setting.perSecond);
    await pause(setting.calmMs / 2);
    load.take();
    await pause(setting.calmMs);
    const calm = load.take();
    const began = performance.now();
    const phases = watchPhases(redis);
    const ran = await runCarat(system, 'rebuild', '--yes', '--json');
    const seconds = (performance.now() - began) / 1_000;
    const { filling, comparing } = await phases.stop();
    const busy = load.take();
    load.stop();
    for (const socket of sockets) socket.disconnect();
    const { live, rebuilt } = await dumpBoth(redis);
    const { switched, differences, events, perSecond } = lastObject(ran);
    const result = {
      bench: 'rebuild',
      ...{
        gifts,
        seconds: Number(seconds.toFixed(1)),
        filling,
        comparing,
        switched,
        differences,
        events,
        perSecond,
      },
      ...{ dumps: { live, rebuilt } },
      ...{ calm, busy, ratio: Number((busy.p99 / calm.p99).toFixed(2)), budget, machine: machine() },
    };
    const isSame = live.sha256 === rebuilt.sha256 && live.bytes === rebuilt.bytes;
    if (!isSame) process.exitCode = 1;
    if (values.json) return console.log(JSON.stringify(result));
    const ms = (value: number): string => `${value.toFixed(1)} ms`;
    const verdict = (isWithin: boolean): string => (isWithin ? '' : ', short');
    const isQuick = seconds <= budget.rebuildSeconds;
    const isCalm = result.ratio <= budget.latency;
    console.log(`rebuild of ${gifts} gifts, ${setting.perSecond} claims/s meanwhile`);
    console.log(`filled, compared, switched  ${seconds.toFixed(1)} s (budget 20 s${verdict(isQuick)})`);
    console.log(`of this filled, compared    ${filling} s, ${comparing} s`);
    console.log(`events looked at            ${events}, ${perSecond}/s; ${differences} numbers differ`);
    console.log(`all numbers before, sha-256  ${live.sha256}, ${live.bytes} bytes`);
    console.log(`rebuilt, at the same place   ${rebuilt.sha256}, ${rebuilt.bytes} bytes`);
    if (!isSame) console.log('THE TWO ARE NOT THE SAME');
    console.log(`claim to receipt, calm      p50 ${ms(calm.p50)}, p99 ${ms(calm.p99)}`);
    console.log(`claim to receipt, meanwhile p50 ${ms(busy.p50)}, p99 ${ms(busy.p99)}`);
    console.log(`p99 against calm            ${result.ratio} (budget 2${verdict(isCalm)})`);
  } finally {
    redis.disconnect();
    await system.stop();
    await rm(dir, { recursive: true, force: true });
  }
};
