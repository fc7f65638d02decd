import { defaultPolicy, defaultScale } from '@carat/domain';
import { expect, it } from 'vitest';
import { moneyTermsOf, readConfig } from './config.ts';

it('redeems by the defaults where nothing is said', () => {
  expect(moneyTermsOf(readConfig({}))).toEqual({
    policy: defaultPolicy,
    scale: defaultScale,
    providers: ['sandbox'],
  });
});

it('takes every part of the policy from the environment', () => {
  const scale = [{ giftsOffDays: 1, redemptionHeldDays: 2, closed: false }];
  const env = {
    CARAT_REDEEM_MIN: '5',
    CARAT_REDEEM_MAX_PER_DAY: '50',
    CARAT_REVIEW_ABOVE: '0',
    CARAT_FEE_PER_MILLE: '20',
    CARAT_FEE_MINOR: '{"USD":25}',
    CARAT_WITHHOLDING: '{"w8ben":300}',
    CARAT_WITHHOLDING_WITHOUT_FORM: '240',
    CARAT_FORM_YEARS: '1',
    CARAT_VIOLATION_SCALE: JSON.stringify(scale),
    CARAT_PAYOUT_PROVIDERS: 'paypal, sandbox,paypal',
  };
  const policy = {
    ...{ minDiamonds: 5, maxDiamonds: 50, reviewAboveDiamonds: 0 },
    ...{ feePerMille: 20, feeMinor: { USD: 25 }, withholdingPerMille: { w8ben: 300 } },
    ...{ withholdingWithoutFormPerMille: 240, formYears: 1 },
  };
  expect(moneyTermsOf(readConfig(env))).toEqual({ policy, scale, providers: ['paypal', 'sandbox'] });
  const production = { ...env, NODE_ENV: 'production', CARAT_JWT_SECRET: 'x'.repeat(40) };
  expect(moneyTermsOf(readConfig(production)).providers).toEqual(['paypal']);
});

it.each([
  ['CARAT_REDEEM_MIN', '0', 'must be at least 1'],
  ['CARAT_REDEEM_MAX_PER_DAY', 'many', 'must be an integer'],
  ['CARAT_FEE_PER_MILLE', '1001', 'must be at most 1000'],
  ['CARAT_FEE_MINOR', '{"XYZ":1}', 'must be JSON like {"USD":25}'],
  ['CARAT_FEE_MINOR', '{"USD":-1}', 'must be JSON like {"USD":25}'],
  ['CARAT_WITHHOLDING', '{"w8ben":1.5}', 'must be JSON like {"w8ben":300}'],
  ['CARAT_WITHHOLDING', 'w8ben=300', 'must be JSON like {"w8ben":300}'],
  ['CARAT_VIOLATION_SCALE', '[]', 'must be JSON like [{"giftsOffDays":7,'],
  ['CARAT_PAYOUT_PROVIDERS', 'paypal;stripe', 'must be names like paypal,stripe'],
])('does not start on %s=%s, and says so in a sentence', (variable, value, fault) => {
  expect(() => readConfig({ [variable]: value })).toThrow(`Bad configuration: ${variable} ${fault}`);
});

it('does not start where nothing could ever be redeemed', () => {
  expect(() => readConfig({ CARAT_REDEEM_MAX_PER_DAY: '9999' })).toThrow(
    'CARAT_REDEEM_MIN (10000) must not be above CARAT_REDEEM_MAX_PER_DAY (9999)',
  );
});
