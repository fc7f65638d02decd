import { createHealth, createLogger, createMetrics, runService, serveOps } from '@carat/service-kit';
import { readConfig } from './config.ts';

/**
 * The smallest service there is, for specs of what starts services and watches over them: it answers its
 * health.
 */
await runService('stand-in', async () => {
  const config = readConfig();
  if (config.CARAT_STAND_IN_FAILS) throw new Error(config.CARAT_STAND_IN_FAILS);
  const log = createLogger({ service: 'stand-in' });
  const metrics = createMetrics('stand-in');
  const health = createHealth();
  const ops = await serveOps({ host: '127.0.0.1', port: config.CARAT_STAND_IN_PORT, health, metrics });
  log.info({ port: ops.port }, 'stand-in is ready');
  return {
    log,
    close: [
      ['health', () => health.drain()],
      ['http', () => ops.close()],
    ],
  };
});
