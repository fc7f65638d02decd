import { startSandbox } from '@carat/payout-providers';
import {
  answerOps,
  createClock,
  createHealth,
  createLogger,
  createMetrics,
  runService,
} from '@carat/service-kit';
import { readConfig } from './sandbox/config.ts';

await runService('sandbox', async () => {
  const config = readConfig();
  const log = createLogger({ service: 'sandbox', level: config.LOG_LEVEL });
  const metrics = createMetrics('sandbox');
  const health = createHealth();
  const sandbox = await startSandbox({
    ledger: config.CARAT_SANDBOX_LEDGER,
    secret: config.CARAT_SANDBOX_SECRET,
    webhookUrl: config.CARAT_SANDBOX_WEBHOOK_URL,
    faults: config.CARAT_SANDBOX_FAULTS,
    now: createClock(config.CARAT_CLOCK_OFFSET).now,
    host: config.CARAT_HOST,
    port: config.CARAT_SANDBOX_PORT,
    answer: (request, response) => answerOps(request, response, { health, metrics }),
  });
  metrics.gauge({ name: 'carat_sandbox_payouts', help: 'Payouts in the ledger.' }, (gauge) =>
    gauge.set(sandbox.ledger().length),
  );
  log.info({ port: sandbox.port, payouts: sandbox.ledger().length }, 'the sandbox pays into its ledger');

  return {
    log,
    close: [
      ['readiness', () => health.drain()],
      ['sandbox', () => sandbox.close()],
    ],
  };
});
