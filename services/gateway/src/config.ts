import { ConfigError, commonEnv, integerEnv, parseConfig, portEnv } from '@carat/service-kit';
import { z } from 'zod';
import { type Doors, openVisitors } from './visitors.ts';

const isOrigin = (text: string): boolean => URL.canParse(text) && new URL(text).origin === text;

/** Origins, separated by commas, or `*` for any. */
const originsEnv = z
  .string()
  .transform((text) => text.split(',').map((origin) => origin.trim()))
  .refine(
    (origins) => origins.every((origin) => origin === '*' || isOrigin(origin)),
    'must be origins like https://example.com, separated by commas and without a path, or * for any',
  );

const shape = {
  ...commonEnv,
  CARAT_GATEWAY_PORT: portEnv(3001),
  CARAT_ALLOWED_ORIGINS: originsEnv.optional().describe('of pages that may connect; any in development'),
  CARAT_CLAIMS_PER_SECOND: integerEnv(1, 100_000, 50).describe('of one viewer'),
  CARAT_SOCKETS_PER_VIEWER: integerEnv(1, 100_000, 10),
  CARAT_SOCKETS_PER_ADDRESS: integerEnv(1, 1_000_000, 1_000),
  CARAT_TRUST_PROXY: integerEnv(0, 10, 0).describe('proxies that add to X-Forwarded-For'),
};

/** The gateway's settings. @throws ConfigError */
export const readConfig = (env = process.env) => {
  const config = parseConfig(shape, env);
  if (config.NODE_ENV === 'production' && config.CARAT_ALLOWED_ORIGINS === undefined) {
    throw new ConfigError(
      'Bad configuration: with NODE_ENV=production, CARAT_ALLOWED_ORIGINS must be set to the origins of ' +
        'your pages, like https://example.com, or to * for any.',
    );
  }
  return config;
};

export type GatewayConfig = ReturnType<typeof readConfig>;

/** Who gets in, and how far. */
export const doorsOf = (config: GatewayConfig): Doors => {
  const allowance = {
    claimsPerSecond: config.CARAT_CLAIMS_PER_SECOND,
    socketsPerViewer: config.CARAT_SOCKETS_PER_VIEWER,
    socketsPerAddress: config.CARAT_SOCKETS_PER_ADDRESS,
  };
  const origins = config.CARAT_ALLOWED_ORIGINS;
  return { allowance, origins, proxies: config.CARAT_TRUST_PROXY, visitors: openVisitors(allowance) };
};
