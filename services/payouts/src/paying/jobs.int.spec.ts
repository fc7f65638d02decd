import { payoutsQueue } from '@carat/read-models';
import { createLogger } from '@carat/service-kit';
import { Queue } from 'bullmq';
import { expect, it, vi } from 'vitest';
import { startRedis } from '../../../../infra/local/redis.ts';
import { connect } from '../connections.ts';
import { limits } from '../limits.ts';
import { createJobs } from './jobs.ts';

const soon = { timeout: 15_000, interval: 50 };

it('looks at the oldest dead ends first, and at all others where one cannot be looked at', async () => {
  const server = await startRedis();
  const log = createLogger({ service: 'payouts', level: 'silent' });
  const connections = connect(server.url, log);
  const { name, prefix } = payoutsQueue;
  const queue = new Queue(name, { connection: { url: server.url }, prefix });
  const step = async (): Promise<never> => {
    throw new Error('no');
  };
  const jobs = createJobs({ connections, log, step });
  const count = limits.deadEndsAtOnce + 20;
  for (let n = 0; n < count; n++) {
    await queue.add('bring forward', { creator: 'ann', redemption: String(n) }, { attempts: 1 });
  }
  await vi.waitFor(async () => expect(await jobs.countDeadEnds()).toBe(count), soon);
  const oldest = (await queue.getJobs(['failed'], 0, limits.deadEndsAtOnce - 1, true)).map(({ id }) => id);

  let looked = 0;
  await jobs.retryDeadEnds(() => {
    looked += 1;
    if (looked === 1) throw new Error('it cannot be told');
    return false;
  });
  expect(looked).toBe(limits.deadEndsAtOnce);
  const left = (await queue.getFailed(0, count)).map(({ id }) => id);
  expect(left).toHaveLength(21);
  expect(left.filter((id) => oldest.includes(id))).toEqual([oldest[0]]);

  await jobs.closeWorker();
  await jobs.closeQueue();
  await queue.close();
  connections.close();
  await server.stop();
}, 30_000);
