import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type EventStore, openEventStore } from '@carat/event-store';
import { createSandbox, type PayoutProvider } from '@carat/payout-providers';
import { type FaultSettings, type Sandbox, startSandbox } from '@carat/payout-providers/sandbox';
import { createHealth, createLogger, createMetrics } from '@carat/service-kit';
import { connect } from '../connections.ts';
import { createPayoutsMetrics } from '../metrics.ts';
import { startPayouts } from '../payouts.ts';
import { buildServer } from '../webhooks.ts';

export const sandboxSecret = 'a-secret-that-only-these-specs-know-about';

/** A log of its own, and a sandbox whose ledger lies beside it. */
export const openBank = async (faults: FaultSettings = {}) => {
  const dir = await mkdtemp(join(tmpdir(), 'carat-payouts-'));
  const stores: EventStore[] = [];
  const sandbox: Sandbox = await startSandbox({
    ledger: join(dir, 'ledger.jsonl'),
    secret: sandboxSecret,
    faults,
  });
  const eventStore = `sqlite:${join(dir, 'log.db')}`;
  return {
    dir,
    eventStore,
    sandbox,
    open: async (): Promise<EventStore> => {
      const store = await openEventStore(eventStore);
      stores.push(store);
      return store;
    },
    close: async (): Promise<void> => {
      await sandbox.close();
      for (const store of stores) await store.close();
      await rm(dir, { recursive: true, force: true });
    },
  };
};

export type Bank = Awaited<ReturnType<typeof openBank>>;

type Settings = {
  readonly store: EventStore;
  readonly redisUrl: string;
  readonly providers?: readonly PayoutProvider[];
  readonly sandbox?: Sandbox;
  readonly now?: () => number;
  readonly clockFault?: () => string | undefined;
  readonly lookAtClock?: () => Promise<string | undefined>;
};

/** One payouts service in this very process, with the server that hears webhooks. */
export const startWork = async ({ store, redisUrl, sandbox, now = Date.now, ...more }: Settings) => {
  const log = createLogger({ service: 'payouts', level: 'silent' });
  const registry = createMetrics('payouts');
  const metrics = createPayoutsMetrics(registry);
  const health = createHealth();
  const connections = connect(redisUrl, log);
  const own = sandbox ? [createSandbox({ url: sandbox.url, secret: sandboxSecret })] : [];
  const providers = new Map([...own, ...(more.providers ?? [])].map((each) => [each.name, each]));
  const { clockFault = () => undefined, lookAtClock = async () => clockFault() } = more;
  const payouts = startPayouts({
    ...{ store, connections, providers, clock: { now }, clockFault, holdDays: 0, graceMs: 0 },
    ...{ lookAtClock, health, log, metrics },
  });
  const ops = { health, metrics: registry };
  const server = buildServer({ providers, outcomes: payouts.outcomes, ops, log, metrics });
  const url = await server.listen({ host: '127.0.0.1', port: 0 });
  return {
    ...{ health, registry, url, open: payouts.open },
    close: async (): Promise<void> => {
      await server.close();
      for (const [, step] of payouts.close) await step();
      connections.close();
    },
  };
};
