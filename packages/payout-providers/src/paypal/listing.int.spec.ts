import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { PayoutProvider } from '../port.ts';
import { createPaypal } from './adapter.ts';
import { type PaypalDouble, startPaypalDouble } from './testing/double.ts';

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

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

/** Pays and hears nothing of it. */
const payUnheard = async (key: string) => {
  const begun = { ...payment(key), startedAt: now(), reference: null };
  double.fault = 'lose';
  await paypal.pay(payment(key)).catch(() => {});
  double.fault = undefined;
  return begun;
};

const listed = async (from: number): Promise<string[]> => {
  const amounts: string[] = [];
  let page: string | undefined;
  do {
    const answer = await paypal.list({ from, to: now(), ...(page && { page }) });
    amounts.push(...answer.payouts.map(({ amountMinor }) => amountMinor));
    page = answer.next;
  } while (page);
  return amounts;
};

describe('a payout of which nothing was heard is found', () => {
  it('where the list does not tell notes, however long its key is', async () => {
    const keys = [`creator/${'k'.repeat(20)}`, `creator/${'k'.repeat(120)}`, 'sha256:creator/1'];
    const begun = [];
    for (const key of keys) begun.push(await payUnheard(key));
    double.books.settle();
    double.books.hidesNotes = true;
    offset += 4 * hourMs;
    for (const payout of begun) expect(await paypal.look(payout)).toMatchObject({ outcome: 'paid' });
    expect(await paypal.look({ ...begun[1]!, key: 'creator/another' })).toBeUndefined();
  });

  it('where PayPal reviewed it for weeks before it paid', async () => {
    const begun = await payUnheard('creator/1');
    offset += 29 * dayMs;
    double.books.settle();
    offset += 4 * hourMs;
    expect(await paypal.look(begun)).toMatchObject({ outcome: 'paid' });
  });
});

it('what is known by a batch that PayPal shows no more keeps its name', async () => {
  const { reference } = await paypal.pay(payment('creator/1'));
  const begun = { ...payment('creator/1'), startedAt: now(), reference };
  double.books.settle();
  offset += 4 * hourMs;
  double.books.forgetBatches();
  expect(await paypal.look(begun)).toEqual({ outcome: 'paid', reference });
});

describe('a list is whole, or there is none', () => {
  const addMany = (count: number): void => {
    for (let index = 1; index <= count; index += 1) {
      double.books.addByHand(`${index}.00`, 'USD');
      offset += 1_000;
    }
  };

  it('where PayPal does not say how many pages there are', async () => {
    const from = now() - 1_000;
    addMany(1_100);
    double.books.countsPages = false;
    offset += 4 * hourMs;
    expect(new Set(await listed(from)).size).toBe(1_100);
  });

  it('where a transaction’s time is not to be understood', async () => {
    addMany(1);
    double.books.datesAs = () => 'yesterday';
    offset += 4 * hourMs;
    await expect(listed(now() - dayMs)).rejects.toMatchObject({ code: 'unavailable' });
  });

  it('where its times are written as PayPal’s reference writes them', async () => {
    addMany(1);
    double.books.datesAs = (at) => `${new Date(at).toISOString().slice(0, 19)}+0000`;
    offset += 4 * hourMs;
    expect(await listed(now() - dayMs)).toEqual(['100']);
  });
});
