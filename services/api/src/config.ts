import { defaultPolicy, defaultScale, type ViolationScale } from '@carat/domain';
import { currency, id, redemptions } from '@carat/protocol';
import {
  ConfigError,
  commonEnv,
  type Env,
  integerEnv,
  parseConfig,
  portEnv,
  urlEnv,
} from '@carat/service-kit';
import { z } from 'zod';
import type { MoneyTerms } from './redemptions/money-terms.ts';

const perMille = z.int().min(0).max(1_000);
const days = z.int().min(0).max(36_500);

const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

/** @param like what it may look like, for whoever got it wrong */
const jsonEnv = <T>(schema: z.ZodType<T>, preset: T, like: string) =>
  z
    .string()
    .default(JSON.stringify(preset))
    .transform((text, context): T => {
      const parsed = schema.safeParse(parseJson(text));
      if (parsed.success) return parsed.data;
      context.addIssue({ code: 'custom', message: `must be JSON like ${like}` });
      return z.NEVER;
    });

const { diamonds: mostDiamonds, ratePart } = redemptions.largestRedemption;
const feeMinor = z.partialRecord(currency, z.int().min(0).max(ratePart));
const scaleStep = z.strictObject({ giftsOffDays: days, redemptionHeldDays: days, closed: z.boolean() });

const shape = {
  ...commonEnv,
  CARAT_API_PORT: portEnv(3000),
  CARAT_GATEWAY_URL: urlEnv('http', 'https', 'ws', 'wss')
    .default('http://127.0.0.1:3001')
    .describe('where clients find the gateway'),
  CARAT_REDEEM_MIN: integerEnv(1, mostDiamonds, defaultPolicy.minDiamonds).describe('diamonds'),
  CARAT_REDEEM_MAX_PER_DAY: integerEnv(1, mostDiamonds, defaultPolicy.maxDiamonds).describe(
    'diamonds of one creator within any 24 hours',
  ),
  CARAT_REVIEW_ABOVE: integerEnv(0, mostDiamonds, defaultPolicy.reviewAboveDiamonds).describe(
    'diamonds of one creator within any 24 hours that need no operator',
  ),
  CARAT_FEE_PER_MILLE: integerEnv(0, 1_000, defaultPolicy.feePerMille),
  CARAT_FEE_MINOR: jsonEnv(feeMinor, defaultPolicy.feeMinor, '{"USD":25}').describe('minor units'),
  CARAT_WITHHOLDING: jsonEnv(
    z.record(id, perMille),
    defaultPolicy.withholdingPerMille,
    '{"w8ben":300}, of per mille by tax status',
  ),
  CARAT_WITHHOLDING_WITHOUT_FORM: integerEnv(0, 1_000, defaultPolicy.withholdingWithoutFormPerMille),
  CARAT_FORM_YEARS: integerEnv(0, 100, defaultPolicy.formYears),
  CARAT_VIOLATION_SCALE: jsonEnv<ViolationScale>(
    z.tuple([scaleStep], scaleStep),
    defaultScale,
    '[{"giftsOffDays":7,"redemptionHeldDays":0,"closed":false}], a step or more',
  ),
  CARAT_PAYOUT_PROVIDERS: z
    .string()
    .transform((names) => [...new Set(names.split(',').map((name) => name.trim()))])
    .pipe(z.array(z.string().regex(/^[a-z][a-z0-9-]{0,31}$/, 'must be names like paypal,stripe')))
    .default(['sandbox']),
};

type Settings = z.output<z.ZodObject<typeof shape>>;

/** The settings of this service. @throws ConfigError */
export const readConfig = (env: Env = process.env) => {
  const settings = parseConfig(shape, env);
  const { CARAT_REDEEM_MIN: min, CARAT_REDEEM_MAX_PER_DAY: max } = settings;
  if (min > max) {
    throw new ConfigError(
      `Bad configuration: CARAT_REDEEM_MIN (${min}) must not be above CARAT_REDEEM_MAX_PER_DAY (${max}).`,
    );
  }
  return settings;
};

/** In production nobody is paid by the sandbox, so it is not offered there. */
export const moneyTermsOf = (settings: Settings): MoneyTerms => ({
  policy: {
    minDiamonds: settings.CARAT_REDEEM_MIN,
    maxDiamonds: settings.CARAT_REDEEM_MAX_PER_DAY,
    reviewAboveDiamonds: settings.CARAT_REVIEW_ABOVE,
    feeMinor: settings.CARAT_FEE_MINOR,
    feePerMille: settings.CARAT_FEE_PER_MILLE,
    withholdingPerMille: settings.CARAT_WITHHOLDING,
    withholdingWithoutFormPerMille: settings.CARAT_WITHHOLDING_WITHOUT_FORM,
    formYears: settings.CARAT_FORM_YEARS,
  },
  scale: settings.CARAT_VIOLATION_SCALE,
  providers: settings.CARAT_PAYOUT_PROVIDERS.filter(
    (name) => name !== 'sandbox' || settings.NODE_ENV !== 'production',
  ),
});
