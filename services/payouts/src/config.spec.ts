import { expect, it } from 'vitest';
import { readConfig } from './config.ts';

it('has settings for a machine of one’s own', () => {
  expect(readConfig({})).toMatchObject({
    CARAT_PAYOUTS_PORT: 3003,
    CARAT_HOLD_DAYS: 7,
    CARAT_DAY_GRACE_MINUTES: 10,
    CARAT_EARNINGS_THRESHOLDS: [],
    CARAT_PAYOUT_PROVIDERS: ['sandbox'],
  });
});

it('reads thresholds, and says what they must be', () => {
  const one = { name: 'us', currency: 'USD', minor: 60_000, per: 'year', nearPerMille: 900 };
  const CARAT_EARNINGS_THRESHOLDS = JSON.stringify([one]);
  expect(readConfig({ CARAT_EARNINGS_THRESHOLDS })).toMatchObject({ CARAT_EARNINGS_THRESHOLDS: [one] });
  for (const wrong of ['{', '{}', '[{"name":"us"}]', JSON.stringify([{ ...one, per: 'week' }])]) {
    expect(() => readConfig({ CARAT_EARNINGS_THRESHOLDS: wrong }), wrong).toThrow(
      /^Bad configuration: CARAT_EARNINGS_THRESHOLDS must be a list as/,
    );
  }
});

it('bounds the hold and the grace', () => {
  expect(() => readConfig({ CARAT_HOLD_DAYS: '3651' })).toThrow(/CARAT_HOLD_DAYS must be at most 3650/);
  expect(() => readConfig({ CARAT_DAY_GRACE_MINUTES: '-1' })).toThrow(
    /CARAT_DAY_GRACE_MINUTES must be at least 0/,
  );
});
