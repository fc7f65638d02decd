import { providerEnv } from '@carat/payout-providers';
import { redemptions } from '@carat/protocol';
import { commonEnv, type Env, integerEnv, parseConfig, portEnv } from '@carat/service-kit';
import { z } from 'zod';
import { limits } from './limits.ts';

const threshold = z.strictObject({
  name: z.string().regex(/^[A-Za-z0-9_.:-]{1,64}$/),
  currency: z.string().regex(/^[A-Z]{3}$/),
  /** Minor units. */
  minor: z.int().min(1),
  per: z.enum(['year', 'month']),
  /** How much of it is near. */
  nearPerMille: z.int().min(1).max(1_000),
});
export type Threshold = Readonly<z.infer<typeof threshold>>;

const thresholds = z.array(threshold).max(limits.maxThresholds);

/** A list as JSON; what it must be. */
const thresholdsEnv = z.string().transform((text, context): readonly Threshold[] => {
  try {
    return thresholds.parse(JSON.parse(text));
  } catch {
    context.addIssue({
      code: 'custom',
      message:
        'must be a list as [{"name":"us-1099","currency":"USD","minor":60000,"per":"year",' +
        '"nearPerMille":900}]',
    });
    return z.NEVER;
  }
});

const maxGraceMinutes = 12 * 60;

/** The payouts service's settings. @throws ConfigError */
export const readConfig = (env: Env = process.env) =>
  parseConfig(
    {
      ...commonEnv,
      ...providerEnv,
      CARAT_PAYOUTS_PORT: portEnv(3003),
      CARAT_HOLD_DAYS: integerEnv(0, redemptions.largestRedemption.holdDays, 7),
      CARAT_DAY_GRACE_MINUTES: integerEnv(0, maxGraceMinutes, 10),
      CARAT_EARNINGS_THRESHOLDS: thresholdsEnv.default([]),
    },
    env,
  );

export type PayoutsConfig = ReturnType<typeof readConfig>;
