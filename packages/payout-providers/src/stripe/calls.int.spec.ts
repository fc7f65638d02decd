import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { afterEach, beforeEach, describe, expect, it, test } from 'vitest';
import type { PayoutProvider } from '../port.ts';
import { createStripe } from './adapter.ts';
import { type StripeDouble, startStripeDouble } from './testing/double.ts';

const recipient = 'acct_1MTfjCQ9PRzxEwkZ';
let double: StripeDouble;
let stripe: PayoutProvider;

beforeEach(async () => {
  double = await startStripeDouble(Date.now);
  double.accounts.add(recipient);
  stripe = createStripe(double);
});
afterEach(async () => {
  await stripe.close();
  await double.close();
});

const payment = (key: string) => ({ key, recipient, amountMinor: '1234', currency: 'USD' });

test('a transfer carries the key where it is found again', async () => {
  const state = await stripe.pay(payment('creator/1'));
  expect(double.transfers()).toEqual([
    expect.objectContaining({
      ...{ id: state.reference, amount: 1_234, currency: 'usd', destination: recipient },
      ...{ transfer_group: 'creator/1', metadata: { carat_key: 'creator/1' } },
    }),
  ]);
});

const balance = JSON.stringify({ object: 'balance', available: [{ amount: 9_999, currency: 'usd' }] });
const balanceAnswer = `HTTP/1.1 200 OK\r\ncontent-length: ${balance.length}\r\n\r\n${balance}`;

describe('a connection that is cut', () => {
  it('is not tried again by Stripe’s client', async () => {
    double.fault = 'lose';
    await expect(stripe.pay(payment('a'))).rejects.toMatchObject({ code: 'outcome_unknown' });
    expect(double.calls()).toEqual(['a']);
  });

  it('may have paid, also where nothing is there a moment later', async () => {
    const server = createServer((socket) => {
      socket.on('data', (data) => {
        if (String(data).startsWith('GET /v1/balance')) return void socket.write(balanceAnswer);
        server.close();
        socket.resetAndDestroy();
      });
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const gone = createStripe({ url, secretKey: double.secretKey });
    await expect(gone.pay(payment('a'))).rejects.toMatchObject({ code: 'outcome_unknown' });
    await gone.close();
  });
});

describe('a 500 that came after the transfer was made', () => {
  it('is kept under its key, so that only looking tells what it did', async () => {
    double.fault = 'broken';
    await expect(stripe.pay(payment('a'))).rejects.toMatchObject({ code: 'outcome_unknown' });
    double.fault = undefined;
    await expect(stripe.pay(payment('a'))).rejects.toMatchObject({ code: 'outcome_unknown' });
    const found = await stripe.look({ ...payment('a'), startedAt: Date.now(), reference: null });
    expect(found).toEqual({ outcome: 'paid', reference: double.transfers()[0]!.id });
    expect(double.transfers()).toHaveLength(1);
  });
});

test('a balance that is too small is an operator’s to mend, and uses up no key', async () => {
  double.balance = 1_000;
  await expect(stripe.pay(payment('a'))).rejects.toMatchObject({
    ...{ code: 'misconfigured', message: 'stripe: too little usd is available in the balance.' },
  });
  expect(double.calls()).toEqual([]);
  expect(await stripe.look({ ...payment('a'), startedAt: Date.now(), reference: null })).toBeUndefined();
});

test('a transfer of somebody else’s with the same group is not ours', async () => {
  double.addByHand(500, 'usd', recipient, 'a');
  expect(await stripe.look({ ...payment('a'), startedAt: Date.now(), reference: null })).toBeUndefined();
  const { reference } = await stripe.pay(payment('a'));
  expect(await stripe.look({ ...payment('a'), startedAt: Date.now(), reference: null })).toMatchObject({
    reference,
  });
});

test('what was reversed in part is listed as what is left of it', async () => {
  const asked = [payment('a'), payment('b')];
  for (const one of asked) await stripe.pay(one);
  double.reverse(double.transfers()[0]!.id, 500);
  double.reverse(double.transfers()[1]!.id);
  const { payouts } = await stripe.list({ from: Date.now() - 60_000, to: Date.now() + 60_000 });
  expect(payouts.map(({ key, amountMinor, state }) => [key, amountMinor, state.outcome])).toEqual([
    ['b', '1234', 'returned'],
    ['a', '734', 'paid'],
  ]);
});

test('without a webhook’s secret no message is believed', async () => {
  const blind = createStripe({ url: double.url, secretKey: double.secretKey });
  await stripe.pay(payment('a'));
  await expect(blind.readWebhook(double.messages()[0]!)).rejects.toThrow('STRIPE_WEBHOOK_SECRET is not set');
  await blind.close();
});
