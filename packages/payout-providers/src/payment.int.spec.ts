import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { limits } from './limits.ts';
import { createPaypal } from './paypal/adapter.ts';
import { createStripe } from './stripe/adapter.ts';

const payment = { key: 'creator/1', recipient: 'acct_1', amountMinor: '1234', currency: 'USD' };
const adapters = {
  paypal: (url: string) => createPaypal({ url, clientId: 'id', clientSecret: 'secret' }),
  stripe: (url: string) => createStripe({ url, secretKey: 'sk_test_1' }),
};

afterEach(() => void vi.useRealTimers());

describe('a call that pays', () => {
  it.each(['paypal', 'stripe'] as const)('by %s ends in time, whatever it waits for', async (name) => {
    const server = createServer(() => {});
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const provider = adapters[name](`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const arrived = once(server, 'request');
    const paid = provider.pay(payment).catch((error: unknown) => error);
    await arrived;
    vi.advanceTimersByTime(limits.payTimeoutMs);
    expect(await paid).toMatchObject({ code: 'outcome_unknown', message: /did not answer in time/ });
    server.closeAllConnections();
    server.close();
    await provider.close();
  });
});
