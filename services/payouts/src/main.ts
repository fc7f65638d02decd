import { randomUUID } from 'node:crypto';
import { logCreated } from '@carat/domain';
import { appendSurely, openEventStore } from '@carat/event-store';
import { openProviders } from '@carat/payout-providers';
import {
  createClock,
  createHealth,
  createLogger,
  createMetrics,
  runService,
  startClockCheck,
} from '@carat/service-kit';
import { readConfig } from './config.ts';
import { connect } from './connections.ts';
import { createPayoutsMetrics } from './metrics.ts';
import { startPayouts } from './payouts.ts';
import { startThresholds } from './thresholds/thresholds.ts';
import { buildServer } from './webhooks.ts';

await runService('payouts', async () => {
  const config = readConfig();
  const log = createLogger({ service: 'payouts', level: config.LOG_LEVEL });
  const clock = createClock(config.CARAT_CLOCK_OFFSET);
  const all = createMetrics('payouts');
  const metrics = createPayoutsMetrics(all);
  const health = createHealth();
  const providers = openProviders(config);

  const store = await openEventStore(config.CARAT_EVENT_STORE);
  await appendSurely(store, [logCreated(randomUUID(), randomUUID())]);
  const connections = connect(config.REDIS_URL, log);
  health.add('event store', async () => void (await store.head()));
  health.add('redis', () =>
    connections.queue.ping().then(
      () => undefined,
      () => 'it is away: days are settled, and payouts wait',
    ),
  );
  // The very clock that is worked by, without the offset, which is meant.
  const meant = { now: () => clock.now() - config.CARAT_CLOCK_OFFSET };
  const clockCheck = await startClockCheck({ clock: meant, redis: connections.queue, store });
  health.add('clock', clockCheck.fault);

  const payouts = startPayouts({
    store,
    connections,
    providers,
    clock,
    clockFault: clockCheck.fault,
    lookAtClock: clockCheck.look,
    holdDays: config.CARAT_HOLD_DAYS,
    graceMs: config.CARAT_DAY_GRACE_MINUTES * 60_000,
    health,
    log,
    metrics,
  });
  const thresholds = startThresholds({ store, clock, thresholds: config.CARAT_EARNINGS_THRESHOLDS, log });
  health.add('thresholds', thresholds.fault);
  const { outcomes } = payouts;
  const server = buildServer({ providers, outcomes, ops: { health, metrics: all }, log, metrics });
  await server.listen({ host: config.CARAT_HOST, port: config.CARAT_PAYOUTS_PORT });
  log.info({ port: config.CARAT_PAYOUTS_PORT, providers: [...providers.keys()] }, 'payouts are at work');

  return {
    log,
    close: [
      ['readiness', () => health.drain()],
      ['webhooks', () => server.close()],
      ['thresholds', () => thresholds.stop()],
      ...payouts.close,
      ['clock check', () => clockCheck.close()],
      ['redis', () => connections.close()],
      ['providers', () => Promise.all([...providers.values()].map((provider) => provider.close()))],
      ['event store', () => store.close()],
    ],
  };
});
