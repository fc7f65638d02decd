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

test('a connection that is cut is tried once more by Stripe’s client, with the same key', async () => {
  double.fault = 'lose';
  await expect(stripe.pay(payment('a'))).rejects.toMatchObject({ code: 'outcome_unknown' });
  expect(double.calls()).toEqual(['a', 'a']);
  expect(double.transfers()).toHaveLength(1);
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

test('a balance that is too small is an operator’s to mend, not the creator’s', async () => {
  double.balance = 1_000;
  await expect(stripe.pay(payment('a'))).rejects.toMatchObject({
    ...{ code: 'misconfigured', message: 'stripe: balance_insufficient, HTTP 400.' },
  });
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

test('without a webhook’s secret no message is believed', async () => {
  const blind = createStripe({ url: double.url, secretKey: double.secretKey });
  await stripe.pay(payment('a'));
  await expect(blind.readWebhook(double.messages()[0]!)).rejects.toThrow('STRIPE_WEBHOOK_SECRET is not set');
  await blind.close();
});
