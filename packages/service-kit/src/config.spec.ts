import { expect, test } from 'vitest';
import { z } from 'zod';
import { ConfigError, commonEnv, integerEnv, localJwtSecret, parseConfig, portEnv } from './config.ts';

const shape = { ...commonEnv, CARAT_GATEWAY_PORT: portEnv(3001) };
const own = 'a-secret-of-at-least-thirty-two-characters';

test('an empty environment gives the defaults', () => {
  expect(parseConfig(shape, {})).toEqual({
    NODE_ENV: 'development',
    LOG_LEVEL: 'info',
    CARAT_HOST: '127.0.0.1',
    CARAT_EVENT_STORE: 'sqlite:.carat/carat.db',
    REDIS_URL: 'redis://127.0.0.1:6379',
    CARAT_JWT_SECRET: localJwtSecret,
    CARAT_CLOCK_OFFSET: 0,
    CARAT_JWT_SUB_CLAIM: 'sub',
    CARAT_JWT_ROLES_CLAIM: 'roles',
    CARAT_GATEWAY_PORT: 3001,
  });
});

test('what is set is taken, and a variable set to nothing is not set', () => {
  const config = parseConfig(shape, { CARAT_GATEWAY_PORT: '0', CARAT_CLOCK_OFFSET: '-60000', LOG_LEVEL: '' });
  expect(config).toMatchObject({ CARAT_GATEWAY_PORT: 0, CARAT_CLOCK_OFFSET: -60_000, LOG_LEVEL: 'info' });
});

test.each([
  [{ CARAT_GATEWAY_PORT: 'ten' }, 'CARAT_GATEWAY_PORT must be an integer.'],
  [{ CARAT_GATEWAY_PORT: '70000' }, 'CARAT_GATEWAY_PORT must be at most 65535.'],
  [{ CARAT_GATEWAY_PORT: '1.5' }, 'CARAT_GATEWAY_PORT must be an integer.'],
  [
    { REDIS_URL: 'localhost' },
    'REDIS_URL must be an address that begins with redis:// or rediss://, or ' +
      'redis+cluster://host,host of a cluster.',
  ],
  [{ CARAT_JWT_SECRET: 'short' }, 'CARAT_JWT_SECRET must have at least 32 characters.'],
])('%j is refused by its name', (env, fault) => {
  expect(() => parseConfig(shape, env)).toThrow(new ConfigError(`Bad configuration: ${fault}`));
});

test('every variable at fault is named, each once', () => {
  const env = { CARAT_GATEWAY_PORT: '-1', REDIS_URL: 'x' };
  expect(() => parseConfig({ ...shape, MUST: z.string() }, env)).toThrow(
    /^Bad configuration: REDIS_URL .*; CARAT_GATEWAY_PORT must be at least 0; MUST must be set\.$/,
  );
});

test.each([
  ['redis+cluster://10.0.0.1:7000,10.0.0.2:7000', true],
  ['rediss+cluster://user:p%40ss@redis-1,redis-2:7000', true],
  ['redis+cluster://', false],
  ['redis+cluster://a:x,b', false],
  ['http+cluster://a', false],
])('of %s as the address of a cluster', (url, isOne) => {
  const parse = () => parseConfig(commonEnv, { REDIS_URL: url });
  if (isOne) expect(parse().REDIS_URL).toBe(url);
  else expect(parse).toThrow(/^Bad configuration: REDIS_URL must be/);
});

test('an integer setting keeps its bounds', () => {
  const bounded = { LIMIT: integerEnv(1, 10, 5) };
  expect(parseConfig(bounded, { LIMIT: '10' })).toEqual({ LIMIT: 10 });
  expect(() => parseConfig(bounded, { LIMIT: '11' })).toThrow(ConfigError);
});

test('production refuses the local secret and a shifted clock', () => {
  const production = { NODE_ENV: 'production', CARAT_JWT_SECRET: own };
  expect(parseConfig(shape, production).CARAT_JWT_SECRET).toBe(own);
  expect(() => parseConfig(shape, { NODE_ENV: 'production' })).toThrow(/CARAT_JWT_SECRET must be set/);
  expect(() => parseConfig(shape, { ...production, CARAT_JWT_SECRET: localJwtSecret })).toThrow(ConfigError);
  expect(() => parseConfig(shape, { ...production, CARAT_CLOCK_OFFSET: '1' })).toThrow(/CARAT_CLOCK_OFFSET/);
});

test('production needs no secret where keys are fetched', () => {
  const env = { NODE_ENV: 'production', CARAT_JWKS_URL: 'https://keys.example/jwks.json' };
  expect(parseConfig(shape, env).CARAT_JWKS_URL).toBe('https://keys.example/jwks.json');
});
