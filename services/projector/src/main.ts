import { openEventStore } from '@carat/event-store';
import {
  createClock,
  createHealth,
  createLogger,
  createMetrics,
  runService,
  serveOps,
  startClockCheck,
} from '@carat/service-kit';
import { readConfig } from './config.ts';
import { createLease, leaseKeys } from './lease.ts';
import { limits } from './limits.ts';
import { createProjectorMetrics } from './metrics.ts';
import { startProjector } from './projector.ts';
import { addChecks } from './readiness.ts';
import { startSealer } from './sealing/sealer.ts';

await runService('projector', async () => {
  const config = readConfig();
  const log = createLogger({ service: 'projector', level: config.LOG_LEVEL });
  const clock = createClock(config.CARAT_CLOCK_OFFSET);
  const metrics = createMetrics('projector');
  const health = createHealth();

  const store = await openEventStore(config.CARAT_EVENT_STORE);
  const projectorMetrics = createProjectorMetrics(metrics);
  const projector = await startProjector({
    store,
    eventStore: config.CARAT_EVENT_STORE,
    redisUrl: config.REDIS_URL,
    log,
    metrics: projectorMetrics,
    shards: config.CARAT_CREATOR_SHARDS,
  });
  addChecks(health, { ...projector, store });
  const clockCheck = await startClockCheck({ clock, redis: projector.redis, store });
  health.add('clock', clockCheck.fault);
  const sealer = startSealer({
    store,
    tail: projector.tail,
    lease: createLease(projector.redis, leaseKeys.sealing, limits.sealLeaseMs),
    clock,
    clockFault: clockCheck.fault,
    key: config.CARAT_SEAL_KEY,
    log,
    metrics: projectorMetrics,
  });
  health.add('seals', sealer.fault);
  const ops = await serveOps({
    host: config.CARAT_HOST,
    port: config.CARAT_PROJECTOR_PORT,
    health,
    metrics,
  });
  log.info({ port: ops.port }, 'the projector is at work');

  return {
    log,
    close: [
      ['readiness', () => health.drain()],
      ['sealer', () => sealer.stop()],
      ['clock check', () => clockCheck.close()],
      ...projector.close,
      ['event store', () => store.close()],
      ['ops server', () => ops.close()],
    ],
  };
});
