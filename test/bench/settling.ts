import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { openEventStore } from '@carat/event-store';
import { findFreePorts, projectRoot, type System, startSystem } from '@carat/local';
import { signToken } from '@carat/service-kit';
import { Redis } from 'ioredis';
import { runCaratAlone } from '../e2e/command.ts';
import { planClaims, seedLog } from './crowd.ts';
import { openSockets, startOpenLoop } from './load.ts';
import { machine } from './rounds.ts';
import {
  awaitProjected,
  awaitSettled,
  digestAgain,
  digestSettled,
  measureProcess,
  writeGifts,
} from './settling-day.ts';
import { awaitWhole } from './whole-numbers.ts';

const setting = { lives: 50, viewers: 20_000, sockets: 20, perSecond: 2_000, calmMs: 10_000 };
const plannedClaims = 200_000;
const budget = { latency: 2 };

/** The payouts service alone, on the log and the Redis of a system that runs. */
const startPayouts = async (dir: string, { redisUrl, eventStore, secret }: System): Promise<System> => {
  const [port = 0] = await findFreePorts(1);
  const main = join(projectRoot, 'services/payouts/src/main.ts');
  const env = { CARAT_PAYOUTS_PORT: String(port) };
  return startSystem({
    ...{ dir, redisUrl, eventStore, secret },
    env: { LOG_LEVEL: 'warn', CARAT_DAY_GRACE_MINUTES: '0' },
    services: () => [{ name: 'payouts', main, port, env }],
  });
};

/** Copies the log to another store, where positions are others, and settles it anew. */
const settleCopy = async (dir: string, eventStore: string) => {
  const copy = `sqlite:${join(dir, 'copy.db')}`;
  const ran = await runCaratAlone({}, ['copy', '--from', eventStore, '--to', copy, '--json']);
  if (ran.code !== 0) throw new Error(`The log could not be copied: ${ran.stderr}`);
  const store = await openEventStore(copy);
  const again = await digestAgain(store);
  await store.close();
  return again;
};

/**
 * `npm run bench -- settling`: the service closes a day and settles it, while claims come at a steady pace;
 * beside it, how soon claims are answered while nothing is settled, in the same run.
 */
export const benchSettling = async (args: readonly string[]): Promise<void> => {
  const { values } = parseArgs({
    args: [...args],
    options: {
      json: { type: 'boolean', default: false },
      gifts: { type: 'string', default: '1000000' },
      creators: { type: 'string', default: '50000' },
    },
  });
  const [gifts, creators] = [Number(values.gifts), Number(values.creators)];
  const lives = Array.from({ length: setting.lives }, (_, n) => `live-${n}`);
  const plans = planClaims(lives, setting.viewers, plannedClaims, setting.sockets);
  const dir = await mkdtemp(join(tmpdir(), 'carat-bench-'));
  const eventStore = `sqlite:${join(dir, 'carat.db')}`;
  await seedLog(eventStore, lives, [...new Set(plans.flat().map(({ viewer }) => viewer))]);
  const system = await startSystem({ dir, eventStore, env: { LOG_LEVEL: 'warn' } });
  const redis = new Redis(system.redisUrl);
  const store = await openEventStore(eventStore);
  let paying: System | undefined;
  try {
    await awaitWhole(redis);
    await writeGifts(eventStore, gifts, creators);
    await awaitProjected(redis, store);
    const token = await signToken({ sub: 'bench', roles: ['service'], ttlSeconds: 3_600 }, system.secret);
    const sockets = await openSockets(system.gatewayUrls[0]!, token, setting.sockets);
    const load = startOpenLoop(sockets, plans, setting.perSecond);
    await pause(setting.calmMs / 2);
    load.take();
    await pause(setting.calmMs);
    const calm = load.take();
    const began = performance.now();
    paying = await startPayouts(join(dir, 'payouts'), system);
    const settled = await awaitSettled(store);
    const seconds = Number(((performance.now() - began) / 1_000).toFixed(1));
    const busy = load.take();
    const { peakMiB, cpuSeconds } = await measureProcess(paying.process('payouts').pid ?? 0);
    load.stop();
    for (const socket of sockets) socket.disconnect();
    const digest = await digestSettled(store);
    redis.disconnect();
    await paying.stop();
    await system.stop();
    const again = await settleCopy(dir, eventStore);
    const isSame = again.digest === digest;
    if (!isSame) process.exitCode = 1;
    const result = {
      bench: 'settling',
      ...{ creators: settled.creators, gifts: settled.gifts, seconds, cpuSeconds, peakMiB },
      ...{ digest, again: again.digest, isSame, calm, busy },
      ...{ ratio: Number((busy.p99 / calm.p99).toFixed(2)), budget, machine: machine() },
    };
    if (values.json) return console.log(JSON.stringify(result));
    print(result);
  } finally {
    redis.disconnect();
    await store.close();
    await paying?.stop();
    await system.stop();
    await rm(dir, { recursive: true, force: true });
  }
};

type Result = {
  readonly [Field in 'creators' | 'gifts' | 'seconds' | 'cpuSeconds' | 'peakMiB' | 'ratio']: number;
} & { readonly [Field in 'digest' | 'again']: string } & {
  readonly [Field in 'calm' | 'busy']: { readonly p50: number; readonly p99: number };
};

const print = ({ calm, busy, ...found }: Result): void => {
  const ms = (value: number): string => `${value.toFixed(1)} ms`;
  const short = found.ratio <= budget.latency ? '' : ', short';
  console.log(
    `a day of ${found.gifts} gifts of ${found.creators} creators, ${setting.perSecond} claims/s meanwhile`,
  );
  console.log(`started, closed, settled    ${found.seconds} s, of them ${found.cpuSeconds} s of CPU`);
  console.log(`memory of the service       ${found.peakMiB} MiB at most`);
  console.log(`all hashes, sha-256         ${found.digest}`);
  console.log(`settled again on a copy     ${found.again}`);
  if (found.digest !== found.again) console.log('THE TWO ARE NOT THE SAME');
  console.log(`claim to receipt, calm      p50 ${ms(calm.p50)}, p99 ${ms(calm.p99)}`);
  console.log(`claim to receipt, meanwhile p50 ${ms(busy.p50)}, p99 ${ms(busy.p99)}`);
  console.log(`p99 against calm            ${found.ratio} (budget ${budget.latency}${short})`);
};
