import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type FaultSettings, faultsSchema } from './faults.ts';
import { openLedger } from './ledger.ts';
import type { SandboxPayout } from './payout.ts';
import { buildServer } from './server.ts';
import { startWebhooks } from './webhooks.ts';

export type SandboxOptions = {
  /** The ledger's file. It is made where it is missing, and read back where it is there. */
  readonly ledger: string;
  /** Callers carry it, and webhooks are signed with it. */
  readonly secret: string;
  /** Where states are told; undefined: nowhere. */
  readonly webhookUrl?: string | undefined;
  readonly faults?: FaultSettings | undefined;
  readonly host?: string;
  /** 0, the default, takes a free one. */
  readonly port?: number;
  /** In ms since 1970. */
  readonly now?: () => number;
  /** Answers what is not about payouts, as readiness, before anything else: true where it did. */
  readonly answer?: (request: IncomingMessage, response: ServerResponse) => boolean;
};

export type Sandbox = {
  readonly url: string;
  readonly port: number;
  /** All that was ever paid, in order. */
  ledger(): readonly SandboxPayout[];
  /** From now on these, and no others. */
  setFaults(faults: FaultSettings): void;
  setWebhookUrl(url: string | undefined): void;
  /** Webhooks that wait for their time, for an answer or for their next attempt. */
  webhooksWaiting(): number;
  close(): Promise<void>;
};

/**
 * Starts a payout provider for development and tests: it pays into a file, once per key, and goes wrong as it
 * is told to. A payout is answered once it is on the disk, so it survives any end of the process.
 */
export const startSandbox = async (options: SandboxOptions): Promise<Sandbox> => {
  const { secret, webhookUrl: url, now = Date.now, host = '127.0.0.1', port = 0, answer } = options;
  const faults = { current: faultsSchema.parse(options.faults ?? {}) };
  const ledger = await openLedger(options.ledger);
  const webhooks = startWebhooks({ url, secret, now, faults: () => faults.current });
  for (const payout of ledger.payouts) webhooks.expect(payout);
  const app = buildServer({ ledger, webhooks, secret, now, faults, answer });
  const close = async (): Promise<void> => {
    await app.close();
    await webhooks.close();
    await ledger.close();
  };
  try {
    await app.listen({ host, port });
  } catch (error) {
    await close();
    throw error;
  }
  const address = app.server.address() as AddressInfo;
  return {
    url: `http://${host}:${address.port}`,
    port: address.port,
    ledger: () => ledger.payouts,
    setFaults: (next) => {
      faults.current = faultsSchema.parse(next);
    },
    setWebhookUrl: webhooks.setUrl,
    webhooksWaiting: webhooks.waiting,
    close,
  };
};
