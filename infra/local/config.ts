import { join, resolve } from 'node:path';
import { type Env, localJwtSecret, parseConfig, portEnv, urlEnv } from '@carat/service-kit';
import { z } from 'zod';

/** Where Carat's own folder is, wherever a command is typed. */
export const projectRoot = resolve(import.meta.dirname, '../..');

/** What everything that runs here keeps: the default store, Redis' data, logs. Never in git. */
export const caratDir = join(projectRoot, '.carat');

const defaultStore = `sqlite:${join(caratDir, 'carat.db')}`;

const redisEnv = {
  /** A Redis to use instead of one of our own. */
  REDIS_URL: urlEnv('redis', 'rediss').optional(),
  /** `no`: nothing is ever installed on this machine. */
  CARAT_INSTALL: z.enum(['yes', 'no']).default('yes'),
  PATH: z.string().default(''),
};

const startEnv = {
  ...redisEnv,
  CARAT_API_PORT: portEnv(3000),
  CARAT_GATEWAY_PORT: portEnv(3001),
  CARAT_PROJECTOR_PORT: portEnv(3002),
  CARAT_PAYOUTS_PORT: portEnv(3003),
  CARAT_SANDBOX_PORT: portEnv(3011),
  CARAT_EVENT_STORE: z.string().default(defaultStore),
  CARAT_JWT_SECRET: z.string().default(localJwtSecret),
  CARAT_DEMO: z.enum(['on', 'off']).default('on'),
  CARAT_JWKS_URL: z.string().optional(),
  NODE_ENV: z.string().default('development'),
  CARAT_PAYOUT_PROVIDERS: z.string().optional(),
};

const askEnv = {
  CARAT_URL: urlEnv('http', 'https').default('http://127.0.0.1:3000'),
  CARAT_JWT_SECRET: z.string().default(localJwtSecret),
};

/** Where the system on this machine is asked, and what its tokens are signed with. @throws ConfigError */
export const readAskSettings = (env: Env = process.env) => {
  const { CARAT_URL, CARAT_JWT_SECRET } = parseConfig(askEnv, env);
  return { apiUrl: CARAT_URL, secret: CARAT_JWT_SECRET };
};

export type RedisSettings = {
  readonly redisUrl: string | undefined;
  readonly install: boolean;
  readonly path: string;
};

/** How a Redis is found on this machine. @throws ConfigError */
export const readRedisSettings = (env: Env = process.env): RedisSettings => {
  const { REDIS_URL, CARAT_INSTALL, PATH } = parseConfig(redisEnv, env);
  return { redisUrl: REDIS_URL, install: CARAT_INSTALL === 'yes', path: PATH };
};

/** How a browser is found on this machine. @throws ConfigError */
export const readBrowserSettings = (env: Env = process.env) => {
  const { install, path } = readRedisSettings(env);
  return {
    program: parseConfig({ CARAT_CHROMIUM: z.string().optional() }, env).CARAT_CHROMIUM,
    install,
    path,
  };
};

/** How `npm test` runs. @throws ConfigError */
export const readTestSettings = (env: Env = process.env) => ({
  redis: readRedisSettings(env),
  browser: readBrowserSettings(env),
  env,
});

/** Not a URL by the rules: it may name several hosts. */
const serverEnv = z
  .string()
  .regex(/^kurrentdb(\+discover)?:\/\//, 'must be an address that begins with kurrentdb://');

/** A KurrentDB to test against, with whatever its log holds already. @throws ConfigError */
export const readServerSettings = (env: Env = process.env) => ({
  url: parseConfig({ KURRENTDB_URL: serverEnv }, env).KURRENTDB_URL,
});

/** How `npm start` runs. @throws ConfigError */
export const readStartSettings = (env: Env = process.env) => {
  const config = parseConfig(startEnv, env);
  return {
    ...readRedisSettings(env),
    ports: {
      api: config.CARAT_API_PORT,
      gateway: config.CARAT_GATEWAY_PORT,
      projector: config.CARAT_PROJECTOR_PORT,
      payouts: config.CARAT_PAYOUTS_PORT,
      sandbox: config.CARAT_SANDBOX_PORT,
    },
    ...payoutsOf(config),
    eventStore: config.CARAT_EVENT_STORE,
    secret: config.CARAT_JWT_SECRET,
    /**
     * Never on a store of one's own; and its tokens are signed with the secret, so that must be what counts.
     */
    demo: config.CARAT_DEMO === 'on' && isDefaultStore(config.CARAT_EVENT_STORE) && !config.CARAT_JWKS_URL,
    /** Links to the pages carry tokens: in production, and with keys elsewhere, the platform makes them. */
    mayMakeTokens: config.NODE_ENV !== 'production' && !config.CARAT_JWKS_URL,
    /** Whatever else the services are told, they are told by the same environment. */
    services: Object.fromEntries(
      Object.entries(env).filter(([name]) => /^(CARAT_|PAYPAL_|STRIPE_|LOG_LEVEL$|NODE_ENV$)/.test(name)),
    ),
  };
};

/** Creators are paid by a sandbox unless providers are named; in production there is none. */
const payoutsOf = (config: {
  readonly NODE_ENV: string;
  readonly CARAT_PAYOUT_PROVIDERS?: string | undefined;
}) => {
  const isProduction = config.NODE_ENV === 'production';
  const named = config.CARAT_PAYOUT_PROVIDERS;
  return {
    payouts: !isProduction || named !== undefined,
    sandbox: !isProduction && (named ?? 'sandbox').split(',').includes('sandbox'),
  };
};

const isDefaultStore = (url: string): boolean =>
  url.startsWith('sqlite:') &&
  resolve(projectRoot, url.slice('sqlite:'.length)) === join(caratDir, 'carat.db');

const plainNames = /^(PATH|HOME|USER|LANG|LC_.*|TZ|TMPDIR|NODE_COMPILE_CACHE)$/;

/**
 * What a child process needs of this one's environment to run at all: settings of Carat do not leak into it.
 */
export const plainEnv = (env: Env = process.env): Env =>
  Object.fromEntries(Object.entries(env).filter(([name]) => plainNames.test(name)));
