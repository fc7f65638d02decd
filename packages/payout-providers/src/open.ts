import type { ProviderConfig, ProviderName } from './config.ts';
import { createPaypal } from './paypal/adapter.ts';
import { type PayoutProvider, ProviderError } from './port.ts';
import { createSandbox } from './sandbox/adapter.ts';
import { createStripe } from './stripe/adapter.ts';

/** What opening asks beside the providers' own settings. */
export type OpenSettings = ProviderConfig & {
  readonly NODE_ENV?: string;
  /** By how many ms the sandbox's clock is shifted, as all clocks of a system in a test are. */
  readonly CARAT_CLOCK_OFFSET?: number;
};

const open: Readonly<Record<ProviderName, (config: OpenSettings) => PayoutProvider>> = {
  sandbox: ({ NODE_ENV, CARAT_SANDBOX_URL: url, CARAT_SANDBOX_SECRET: secret, CARAT_CLOCK_OFFSET = 0 }) => {
    const now = () => Date.now() + CARAT_CLOCK_OFFSET;
    if (NODE_ENV !== 'production') return createSandbox({ url, secret, now });
    throw new ProviderError(
      'misconfigured',
      'Bad configuration: with NODE_ENV=production, CARAT_PAYOUT_PROVIDERS must be set, and not name ' +
        'sandbox, which moves no money.',
    );
  },
  paypal: (config) =>
    createPaypal({
      url: config.PAYPAL_URL,
      clientId: needed(config, 'paypal', 'PAYPAL_CLIENT_ID'),
      clientSecret: needed(config, 'paypal', 'PAYPAL_CLIENT_SECRET'),
      webhookId: config.PAYPAL_WEBHOOK_ID,
    }),
  stripe: (config) =>
    createStripe({
      url: config.STRIPE_URL,
      secretKey: needed(config, 'stripe', 'STRIPE_SECRET_KEY'),
      webhookSecret: config.STRIPE_WEBHOOK_SECRET,
    }),
};

type Secret = 'PAYPAL_CLIENT_ID' | 'PAYPAL_CLIENT_SECRET' | 'STRIPE_SECRET_KEY';

const needed = (config: OpenSettings, provider: ProviderName, variable: Secret): string => {
  const value = config[variable];
  if (value) return value;
  throw new ProviderError(
    'misconfigured',
    `Bad configuration: CARAT_PAYOUT_PROVIDERS names ${provider}, so ${variable} must be set.`,
  );
};

/**
 * The providers that the settings name, by name; nothing is called yet.
 * @throws ProviderError `misconfigured`, a sentence that names the variable at fault
 */
export const openProviders = (config: OpenSettings): ReadonlyMap<string, PayoutProvider> =>
  new Map(config.CARAT_PAYOUT_PROVIDERS.map((name) => [name, open[name](config)]));
