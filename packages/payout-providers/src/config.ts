import { z } from 'zod';

/** The providers there are adapters for. */
export const providerNames = ['sandbox', 'paypal', 'stripe'] as const;
export type ProviderName = (typeof providerNames)[number];

/** Shared by the sandbox and who calls it on a developer's machine; in production there is no sandbox. */
export const localSandboxSecret = 'carat-local-sandbox-secret';

export const sandboxPort = 3011;

const isLocal = ({ hostname }: URL): boolean => ['127.0.0.1', 'localhost', '[::1]'].includes(hostname);

/** Credentials go there: so it is https, or this machine. */
const safeUrl = z
  .string()
  .refine((text) => {
    if (!URL.canParse(text)) return false;
    const url = new URL(text);
    return url.protocol === 'https:' || (url.protocol === 'http:' && isLocal(url));
  }, 'must be an address that begins with https:// (or http:// on this machine)')
  .transform((text) => text.replace(/\/+$/, ''));

const names = z
  .string()
  .transform((text) => [...new Set(text.split(',').map((name) => name.trim()))])
  .pipe(z.array(z.enum(providerNames, `must name ${providerNames.join(', ')}, separated by commas`)));

/** What a service that pays is told by its environment. Spread it into the service's own shape. */
export const providerEnv = {
  CARAT_PAYOUT_PROVIDERS: names.default(['sandbox']),
  CARAT_SANDBOX_URL: safeUrl.default(`http://127.0.0.1:${sandboxPort}`),
  CARAT_SANDBOX_SECRET: z.string().min(1).default(localSandboxSecret),
  PAYPAL_URL: safeUrl.default('https://api-m.paypal.com'),
  PAYPAL_CLIENT_ID: z.string().optional(),
  PAYPAL_CLIENT_SECRET: z.string().optional(),
  PAYPAL_WEBHOOK_ID: z.string().optional(),
  STRIPE_URL: safeUrl.default('https://api.stripe.com'),
  STRIPE_SECRET_KEY: z.string().optional(),
  STRIPE_WEBHOOK_SECRET: z.string().optional(),
};

export type ProviderConfig = z.output<z.ZodObject<typeof providerEnv>>;
