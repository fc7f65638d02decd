import { describe, expect, it, test } from 'vitest';
import { z } from 'zod';
import { providerEnv } from './config.ts';
import { openProviders } from './open.ts';

const parse = (env: Readonly<Record<string, string>>) => z.object(providerEnv).parse(env);
const names = (env: Readonly<Record<string, string>>, NODE_ENV = 'development') => [
  ...openProviders({ ...parse(env), NODE_ENV }).keys(),
];
const paypal = { PAYPAL_CLIENT_ID: 'id', PAYPAL_CLIENT_SECRET: 'secret' };
const stripe = { STRIPE_SECRET_KEY: 'sk_test_1' };

describe('the providers', () => {
  it('are the sandbox where nothing is said', () => {
    expect(names({})).toEqual(['sandbox']);
  });

  it('are those that are named, once each', () => {
    const CARAT_PAYOUT_PROVIDERS = 'paypal, stripe,paypal';
    expect(names({ CARAT_PAYOUT_PROVIDERS, ...paypal, ...stripe }, 'production')).toEqual([
      'paypal',
      'stripe',
    ]);
  });

  it.each([
    ['the sandbox in production', {}, 'with NODE_ENV=production, CARAT_PAYOUT_PROVIDERS'],
    ['PayPal without an id', { CARAT_PAYOUT_PROVIDERS: 'paypal' }, 'PAYPAL_CLIENT_ID must be set'],
    [
      'PayPal without a secret',
      { CARAT_PAYOUT_PROVIDERS: 'paypal', PAYPAL_CLIENT_ID: 'id' },
      'PAYPAL_CLIENT_SECRET must be set',
    ],
    ['Stripe without a key', { CARAT_PAYOUT_PROVIDERS: 'stripe' }, 'STRIPE_SECRET_KEY must be set'],
  ])('are refused in a sentence that names the variable: %s', (_, env, sentence) => {
    expect(() => names(env, 'production')).toThrow(sentence);
  });
});

test.each([
  [{ CARAT_PAYOUT_PROVIDERS: 'bank' }, 'CARAT_PAYOUT_PROVIDERS'],
  [{ PAYPAL_URL: 'http://api-m.paypal.com' }, 'PAYPAL_URL'],
  [{ STRIPE_URL: 'ftp://api.stripe.com' }, 'STRIPE_URL'],
  [{ CARAT_SANDBOX_URL: 'nowhere' }, 'CARAT_SANDBOX_URL'],
])('%o is refused: credentials go to https, or stay on this machine', (env, variable) => {
  const parsed = z.object(providerEnv).safeParse(env);
  expect(parsed.error?.issues.map(({ path }) => path[0])).toEqual([variable]);
});

test('addresses on this machine may be plain', () => {
  for (const url of ['http://127.0.0.1:3011/', 'http://localhost:3011', 'http://[::1]:3011']) {
    expect(parse({ PAYPAL_URL: url }).PAYPAL_URL).toBe(url.replace(/\/$/, ''));
  }
});
