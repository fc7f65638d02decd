import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { payoutProviderLaws } from '../laws.ts';
import { startPaypalDouble } from './testing/double.ts';
import { type Operations, placePrism, readDescriptions } from './testing/prism.ts';
import { openPaypalSubject, paypalAbilities } from './testing/subject.ts';

/** Paths of PayPal's published OpenAPI descriptions, separated by commas. */
const described = process.env.PAYPAL_OPENAPI;

if (!described) console.info('Left out: PayPal by its OpenAPI description (PAYPAL_OPENAPI names no file).');

/** Each call takes its time through Prism, and the double alone has played more. */
const histories = 5;

describe.runIf(described)('by its OpenAPI description', () => {
  const violations: string[] = [];
  let operations: Operations = [];
  beforeAll(async () => {
    operations = await readDescriptions(described!.split(','));
  });

  const open = () => openPaypalSubject((url) => placePrism(url, operations, violations));
  payoutProviderLaws('paypal behind Prism', open, paypalAbilities, histories);

  it('describes what pays and what is asked', () => {
    const paths = operations.map(({ method, path }) => `${method} ${path}`);
    expect(paths).toEqual(
      expect.arrayContaining(['post /v1/payments/payouts', 'get /v1/payments/payouts/{id}']),
    );
  });

  describe('a request that is not valid', () => {
    const item = { receiver: 'G83JXTJ5EHCQ2', amount: { currency: 'USD', value: '1.00' } };
    const header = { sender_batch_id: 'carat-1' };
    it.each([
      [
        'an id that is too long',
        { sender_batch_header: { sender_batch_id: 'x'.repeat(257) }, items: [item] },
      ],
      ['an item without an amount', { sender_batch_header: header, items: [{ receiver: 'G83JXTJ5EHCQ2' }] }],
      ['an amount that is a number', { sender_batch_header: header, items: [{ ...item, amount: 1 }] }],
      ['no items', { sender_batch_header: header, items: [] }],
    ])('is caught: %s', async (_, body) => {
      const double = await startPaypalDouble(Date.now);
      const found: string[] = [];
      const prism = await placePrism(double.url, operations, found);
      const answer = await fetch(`${prism.url}/v1/payments/payouts`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: 'Bearer any' },
        body: JSON.stringify(body),
      });
      expect(answer.status).toBe(422);
      expect(double.books.batches()).toEqual([]);
      await prism.close();
      await double.close();
    });
  });

  afterAll(() => {
    expect(violations).toEqual([]);
  });
});
