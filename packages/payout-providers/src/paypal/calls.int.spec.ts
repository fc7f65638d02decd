import { afterEach, beforeEach, describe, expect, it, test } from 'vitest';
import type { PayoutProvider } from '../port.ts';
import { createPaypal } from './adapter.ts';
import { type PaypalDouble, startPaypalDouble } from './testing/double.ts';

let double: PaypalDouble;
let paypal: PayoutProvider;
let offset = 0;
const now = () => Date.now() + offset;

beforeEach(async () => {
  offset = 0;
  double = await startPaypalDouble(now);
  double.books.accounts.add('G83JXTJ5EHCQ2');
  const { url, clientId, clientSecret } = double;
  paypal = createPaypal({ url, clientId, clientSecret, now });
});
afterEach(() => double.close());

const payment = (key: string) => ({ key, recipient: 'G83JXTJ5EHCQ2', amountMinor: '1234', currency: 'USD' });
const failed = (status: number, name: string, details?: object[]) => ({
  ...{ status, body: { name, message: 'no', debug_id: 'f00d5', ...(details && { details }) } },
});

describe('the token', () => {
  it('is taken once for many calls, also at once', async () => {
    await Promise.all(['a', 'b', 'c', 'd'].map((key) => paypal.pay(payment(key))));
    await paypal.pay(payment('e'));
    expect(double.tokens()).toBe(1);
  });

  it('is taken anew before it ends', async () => {
    await paypal.pay(payment('a'));
    offset += (32_400 - 59) * 1_000;
    await paypal.pay(payment('b'));
    expect(double.tokens()).toBe(2);
  });

  it('is taken anew, once, where it is refused before', async () => {
    await paypal.pay(payment('a'));
    double.forgetTokens();
    await paypal.pay(payment('b'));
    expect([double.tokens(), double.books.batches().length]).toEqual([2, 2]);
  });
});

describe('what goes out', () => {
  it('is a batch of one item that names the account, and nobody', async () => {
    await paypal.pay(payment('creator/1'));
    const [batch] = double.books.batches();
    expect(batch!.senderBatchId).toBe('carat-creator/1');
    expect(batch!.item).toEqual({
      ...{ recipient_type: 'PAYPAL_ID', receiver: 'G83JXTJ5EHCQ2', note: 'creator/1' },
      ...{ amount: { currency: 'USD', value: '12.34' }, sender_item_id: 'carat-creator/1' },
    });
  });
});

/**
 * Names: https://developer.paypal.com/docs/api/payments.payouts-batch/#errors and the sandbox's test values.
 */
describe('a failure', () => {
  it.each([
    ['what is not valid', failed(400, 'VALIDATION_ERROR'), 'refused'],
    ['what is not well formed', failed(400, 'INVALID_REQUEST'), 'refused'],
    ['too little money', failed(422, 'INSUFFICIENT_FUNDS'), 'misconfigured'],
    ['a currency that is not held', failed(400, 'NON_HOLDING_CURRENCY'), 'misconfigured'],
    ['a sender who is restricted', failed(403, 'SENDER_RESTRICTED'), 'misconfigured'],
    ['a scope that is missing', failed(403, 'REQUIRED_SCOPE_MISSING'), 'misconfigured'],
    ['a business error that is not a duplicate', failed(400, 'USER_BUSINESS_ERROR'), 'misconfigured'],
    ['a request that is under way', failed(400, 'PREVIOUS_REQUEST_IN_PROGRESS'), 'outcome_unknown'],
    ['an error of the server', failed(500, 'INTERNAL_SERVER_ERROR'), 'outcome_unknown'],
    ['an error of what stands before the server', { status: 502, body: '<html>' }, 'outcome_unknown'],
    ['an answer of another form', { status: 201, body: { batch: 1 } }, 'outcome_unknown'],
    ['a page that is not PayPal’s', { status: 302, body: '' }, 'outcome_unknown'],
    ['too many calls', failed(429, 'RATE_LIMIT_REACHED'), 'unavailable'],
  ])('%s: it is what it is called', async (_, answer, code) => {
    double.fault = answer;
    await expect(paypal.pay(payment('a'))).rejects.toMatchObject({ code });
    double.fault = undefined;
    expect(await paypal.pay(payment('a'))).toMatchObject({ outcome: 'sent' });
    expect(double.books.batches()).toHaveLength(1);
  });

  it('names what PayPal names, and no values', async () => {
    double.fault = failed(400, 'VALIDATION_ERROR', [
      { field: 'items[0].receiver', issue: 'Receiver is invalid', value: 'somebody@example.com' },
    ]);
    const message = 'paypal: VALIDATION_ERROR; items[0].receiver: Receiver is invalid.';
    await expect(paypal.pay(payment('a'))).rejects.toThrow(message);
  });

  const duplicate = (link?: string) =>
    failed(400, 'USER_BUSINESS_ERROR', [
      {
        ...{ field: 'SENDER_BATCH_ID', issue: 'Batch with given sender_batch_id already exists' },
        ...(link && { link: [{ href: link, rel: 'self', method: 'GET' }] }),
      },
    ]);
  it.each([
    ['leads nowhere', duplicate()],
    ['leads to what is not a payout', duplicate('https://example.com/elsewhere')],
    ['leads to a payout that is not there', duplicate('https://example.com/v1/payments/payouts/NOTHERE')],
  ])('a duplicate whose link %s is an unknown outcome', async (_, answer) => {
    double.fault = answer;
    await expect(paypal.pay(payment('a'))).rejects.toMatchObject({ code: 'outcome_unknown' });
  });
});

test('unclaimed money has left, and failed once it is back', async () => {
  double.books.fate = 'unclaimed';
  const { reference } = await paypal.pay(payment('a'));
  const look = () => paypal.look({ ...payment('a'), startedAt: now(), reference });
  double.books.settle();
  expect(await look()).toEqual({ outcome: 'sent', reference });
  double.books.takeBack();
  expect(await look()).toEqual({ outcome: 'failed', reference, reason: 'paypal: RETURNED' });
});

test('without a webhook’s id no message is believed', async () => {
  await paypal.pay(payment('a'));
  double.books.settle();
  await expect(paypal.readWebhook(double.messages()[0]!)).rejects.toThrow('PAYPAL_WEBHOOK_ID is not set');
});

test('a list of more pages than one is read whole', async () => {
  for (let index = 0; index < 1_100; index += 1) double.books.addByHand(`${index + 1}.00`, 'USD');
  offset += 4 * 3_600_000;
  const time = { from: now() - 86_400_000, to: now() };
  const sizes: number[] = [];
  let page: string | undefined;
  do {
    const listed = await paypal.list({ ...time, ...(page && { page }) });
    sizes.push(listed.payouts.length);
    page = listed.next;
  } while (page);
  expect(sizes).toEqual([500, 500, 100]);
});
