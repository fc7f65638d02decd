import { type PayoutNotice, type PayoutProvider, WebhookRefused } from '@carat/payout-providers';
import { createHealth, createLogger, createMetrics } from '@carat/service-kit';
import { afterEach, expect, it } from 'vitest';
import { limits } from './limits.ts';
import { createPayoutsMetrics } from './metrics.ts';
import type { Outcomes } from './paying/outcomes.ts';
import { buildServer } from './webhooks.ts';

const log = createLogger({ service: 'payouts', level: 'silent' });
const notice: PayoutNotice = { key: 'ann/r1', state: { outcome: 'paid', reference: 'ref-1' } };
let close: () => Promise<void> = async () => {};
afterEach(() => close());

/** A server whose one provider signs with a word, and sends its notices as JSON. */
const serve = async (book: Outcomes['book']) => {
  const read: Buffer[] = [];
  const provider: Pick<PayoutProvider, 'name' | 'readWebhook'> = {
    name: 'signed',
    readWebhook: async ({ headers, body }) => {
      read.push(body);
      if (headers['x-signature'] !== 'word') throw new WebhookRefused('It is not signed.');
      return JSON.parse(body.toString('utf8')) as PayoutNotice[];
    },
  };
  const registry = createMetrics('payouts');
  const app = buildServer({
    providers: new Map([[provider.name, provider as PayoutProvider]]),
    outcomes: { book },
    ops: { health: createHealth(), metrics: registry },
    log,
    metrics: createPayoutsMetrics(registry),
  });
  const url = await app.listen({ host: '127.0.0.1', port: 0 });
  close = () => app.close();
  const post = (body: string, headers: Record<string, string> = { 'x-signature': 'word' }, name = 'signed') =>
    fetch(`${url}/webhooks/${name}`, { method: 'POST', headers, body });
  return { url, post, read };
};

it('answers well once all is booked or known, and hands on the bytes as they came', async () => {
  const told: unknown[] = [];
  const { post, read } = await serve(async (of, state) => {
    told.push({ ...of, ...state });
    return told.length === 1 ? 'booked' : 'known';
  });
  const body = JSON.stringify([notice, notice]);
  expect((await post(body)).status).toBe(204);
  expect(read).toEqual([Buffer.from(body)]);
  const one = { provider: 'signed', creator: 'ann', redemption: 'r1', outcome: 'paid', reference: 'ref-1' };
  expect(told).toEqual([one, one]);
});

it('answers well to what it cannot place, and counts it', async () => {
  const { post, url } = await serve(async () => 'payout_not_started');
  expect((await post(JSON.stringify([notice, { ...notice, key: 'somebody-else' }]))).status).toBe(204);
  expect((await post('[]')).status).toBe(204);
  const metrics = await (await fetch(`${url}/metrics`)).text();
  for (const result of ['payout_not_started', 'unknown', 'other']) {
    expect(metrics).toMatch(new RegExp(`payout_webhooks_total{.*result="${result}".*} 1`));
  }
});

it('refuses what is not signed, and providers that it does not know', async () => {
  const { post } = await serve(async () => 'booked');
  expect((await post('[]', { 'content-type': 'application/json' })).status).toBe(401);
  expect((await post('[]', {}, 'other')).status).toBe(404);
});

it('has it told again where it could not be booked, and takes no message that is too long', async () => {
  const { post } = await serve(() => Promise.reject(new Error('the store is away')));
  const answer = await post(JSON.stringify([notice]));
  expect([answer.status, answer.headers.get('retry-after')]).toEqual([
    503,
    String(limits.webhookRetrySeconds),
  ]);
  expect((await post('x'.repeat(limits.maxWebhookBytes + 1))).status).toBe(413);
});
