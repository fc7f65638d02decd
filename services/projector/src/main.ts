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
import { createProjectorMetrics } from './metrics.ts';
import { startProjector } from './projector.ts';
import { addChecks } from './readiness.ts';

await runService('projector', async () => {
  const config = readConfig();
  const log = createLogger({ service: 'projector', level: config.LOG_LEVEL });
  const clock = createClock(config.CARAT_CLOCK_OFFSET);
  const metrics = createMetrics('projector');
  const health = createHealth();

  const store = await openEventStore(config.CARAT_EVENT_STORE);
  const projector = await startProjector({
    store,
    redisUrl: config.REDIS_URL,
    log,
    metrics: createProjectorMetrics(metrics),
  });
  addChecks(health, { ...projector, store });
  const clockCheck = await startClockCheck({ clock, redis: projector.redis, store });
  health.add('clock', clockCheck.fault);
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
      ['clock check', () => clockCheck.close()],
      ...projector.close,
      ['event store', () => store.close()],
      ['ops server', () => ops.close()],
    ],
  };
});
