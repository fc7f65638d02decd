import { randomUUID } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { logCreated } from '@carat/domain';
import { appendSurely, openEventStore } from '@carat/event-store';
import { createRedisDumps } from '@carat/history';
import { connectRedis, createReader } from '@carat/read-models';
import {
  createAuth,
  createClock,
  createHealth,
  createLogger,
  createMetrics,
  runService,
  startClockCheck,
} from '@carat/service-kit';
import { v7 } from 'uuid';
import { buildApi } from './app.ts';
import { openJobs } from './bull-board/jobs.ts';
import { moneyTermsOf, readConfig } from './config.ts';

await runService('api', async () => {
  const config = readConfig();
  const log = createLogger({ service: 'api', level: config.LOG_LEVEL });
  const clock = createClock(config.CARAT_CLOCK_OFFSET);
  const newId = () => v7({ msecs: clock.now() });
  const auth = createAuth(config);
  const metrics = createMetrics('api');

  const store = await openEventStore(config.CARAT_EVENT_STORE);
  await appendSurely(store, [logCreated(randomUUID(), randomUUID())]);
  const redis = connectRedis(config.REDIS_URL, log);
  const jobs = openJobs(config.REDIS_URL, log);

  // Without Redis the log can still be read and written, so the process stays ready: only numbers are
  // refused.
  const health = createHealth();
  health.add('event store', async () => void (await store.head()));
  health.add('keys', () => auth.check());
  const clockCheck = await startClockCheck({ clock, redis, store });
  health.add('clock', clockCheck.fault);

  const app = buildApi({
    store,
    numbers: createReader(redis),
    dumps: createRedisDumps(redis),
    money: moneyTermsOf(config),
    system: { redis, jobs },
    auth,
    clock,
    clockFault: clockCheck.fault,
    newId,
    health,
    metrics,
    log,
    gatewayUrl: config.CARAT_GATEWAY_URL,
    pagesDir: fileURLToPath(new URL('../../studio/dist/', import.meta.url)),
  });
  await app.listen({ host: config.CARAT_HOST, port: config.CARAT_API_PORT });

  return {
    log,
    close: [
      ['readiness', () => health.drain()],
      ['requests', () => app.close()],
      ['clock check', () => clockCheck.close()],
      ['jobs', () => jobs.close()],
      ['redis', () => redis.disconnect()],
      ['event store', () => store.close()],
    ],
  };
});
