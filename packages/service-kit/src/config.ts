import { z } from 'zod';

/** A setting is missing or wrong. The message is one sentence that names every variable at fault. */
export class ConfigError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'ConfigError';
  }
}

/** Signs tokens on a developer's own machine; nothing starts on it with NODE_ENV=production. */
export const localJwtSecret = 'carat-local-secret-for-one-machine-only';

/** HS256 wants a key of at least 256 bits (RFC 7518, section 3.2). */
const minSecretChars = 32;

/** A thousand years. */
const maxOffsetMs = 1_000 * 365 * 24 * 3_600_000;

const integerText = z.string().regex(/^-?\d{1,15}$/, 'must be an integer');

/** A setting that is an integer within bounds. */
export const integerEnv = (min: number, max: number, preset: number) =>
  integerText
    .transform(Number)
    .pipe(z.int().min(min, `must be at least ${min}`).max(max, `must be at most ${max}`))
    .default(preset);

/** A TCP port; 0 takes a free one. */
export const portEnv = (preset: number) => integerEnv(0, 65_535, preset);

/** An address with one of the schemes, given without colon: `urlEnv('http', 'https')`. */
export const urlEnv = (...schemes: string[]) =>
  z
    .string()
    .refine(
      (text) => URL.canParse(text) && schemes.includes(new URL(text).protocol.slice(0, -1)),
      `must be an address that begins with ${schemes.map((scheme) => `${scheme}://`).join(' or ')}`,
    );

const cluster = /^(rediss?)\+cluster:\/\/(.*@)?(.+)$/;

/** One Redis, or some nodes of a cluster, separated by commas. */
const redisEnv = z.string().refine((text) => {
  const [, scheme, credentials = '', hosts] = cluster.exec(text) ?? [];
  const addresses = hosts?.split(',').map((host) => `${scheme}://${credentials}${host}`) ?? [text];
  return addresses.every((address) => urlEnv('redis', 'rediss').safeParse(address).success);
}, 'must be an address that begins with redis:// or rediss://, or redis+cluster://host,host of a cluster');

/** What every service is told by its environment. Spread it into the service's own shape. */
export const commonEnv = {
  NODE_ENV: z.string().default('development'),
  LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).default('info'),
  CARAT_HOST: z.string().default('127.0.0.1'),
  CARAT_EVENT_STORE: z.string().default('sqlite:.carat/carat.db'),
  REDIS_URL: redisEnv.default('redis://127.0.0.1:6379'),
  CARAT_JWT_SECRET: z
    .string()
    .min(minSecretChars, `must have at least ${minSecretChars} characters`)
    .default(localJwtSecret),
  CARAT_JWKS_URL: urlEnv('http', 'https').optional(),
  CARAT_JWT_ISSUER: z.string().optional(),
  CARAT_JWT_AUDIENCE: z.string().optional(),
  CARAT_JWT_SUB_CLAIM: z.string().default('sub'),
  CARAT_JWT_ROLES_CLAIM: z.string().default('roles'),
  CARAT_CLOCK_OFFSET: integerEnv(-maxOffsetMs, maxOffsetMs, 0).describe('ms; for tests'),
};

export type CommonConfig = z.output<z.ZodObject<typeof commonEnv>>;

export type Env = Readonly<Record<string, string | undefined>>;

/**
 * Parses a service's settings; a variable that is set to nothing counts as not set.
 * With NODE_ENV=production the local secret and a shifted clock are refused.
 * @throws ConfigError
 */
export const parseConfig = <Shape extends z.ZodRawShape>(
  shape: Shape,
  env: Env,
): z.output<z.ZodObject<Shape>> => {
  const set = Object.fromEntries(
    Object.entries(env).filter(([, value]) => value !== undefined && value !== ''),
  );
  const parsed = z.object(shape).safeParse(set);
  if (!parsed.success) throw new ConfigError(`Bad configuration: ${faults(parsed.error)}.`);
  refuseInProduction(parsed.data);
  return parsed.data;
};

const faults = (error: z.ZodError): string => {
  const byVariable = new Map<string, string>();
  for (const issue of error.issues) {
    const variable = String(issue.path[0]);
    const missing = issue.code === 'invalid_type' && issue.input === undefined;
    if (!byVariable.has(variable)) byVariable.set(variable, missing ? 'must be set' : issue.message);
  }
  return [...byVariable].map(([variable, fault]) => `${variable} ${fault}`).join('; ');
};

const refuseInProduction = (config: Record<string, unknown>): void => {
  if (config.NODE_ENV !== 'production') return;
  if (config.CARAT_JWT_SECRET === localJwtSecret && !config.CARAT_JWKS_URL) {
    throw new ConfigError(
      'Bad configuration: with NODE_ENV=production, CARAT_JWT_SECRET must be set to a secret of your own ' +
        '(or CARAT_JWKS_URL to where the keys are).',
    );
  }
  if ('CARAT_CLOCK_OFFSET' in config && config.CARAT_CLOCK_OFFSET !== 0) {
    throw new ConfigError('Bad configuration: with NODE_ENV=production, CARAT_CLOCK_OFFSET must be 0.');
  }
};
