import { join } from 'node:path';
import { localJwtSecret } from '@carat/service-kit';
import { expect, test } from 'vitest';
import {
  caratDir,
  plainEnv,
  projectRoot,
  readRedisSettings,
  readServerSettings,
  readStartSettings,
} from './config.ts';

const store = `sqlite:${join(caratDir, 'carat.db')}`;

test('npm start has settings of its own', () => {
  expect(readStartSettings({ PATH: '/bin' })).toEqual({
    redisUrl: undefined,
    install: true,
    path: '/bin',
    ports: { api: 3000, gateway: 3001, projector: 3002, payouts: 3003, sandbox: 3011 },
    payouts: true,
    sandbox: true,
    eventStore: store,
    secret: localJwtSecret,
    demo: true,
    mayMakeTokens: true,
    services: {},
  });
});

test('what services are told goes to them, and nothing else does', () => {
  const env = {
    CARAT_CLOCK_OFFSET: '5',
    LOG_LEVEL: 'debug',
    NODE_ENV: 'development',
    PATH: '/bin',
    SHELL: 'sh',
  };
  expect(readStartSettings(env).services).toEqual({
    CARAT_CLOCK_OFFSET: '5',
    LOG_LEVEL: 'debug',
    NODE_ENV: 'development',
  });
});

test('creators are paid by a sandbox, unless other providers are named', () => {
  const pays = (env: Record<string, string>) => {
    const { payouts, sandbox } = readStartSettings(env);
    return { payouts, sandbox };
  };
  expect(pays({ CARAT_PAYOUT_PROVIDERS: 'stripe' })).toEqual({ payouts: true, sandbox: false });
  expect(pays({ CARAT_PAYOUT_PROVIDERS: 'stripe,sandbox' })).toEqual({ payouts: true, sandbox: true });
  const production = { NODE_ENV: 'production', CARAT_JWT_SECRET: 'x'.repeat(32) };
  expect(pays(production)).toEqual({ payouts: false, sandbox: false });
  expect(pays({ ...production, CARAT_PAYOUT_PROVIDERS: 'stripe' })).toEqual({
    payouts: true,
    sandbox: false,
  });
});

test('tokens are made neither in production nor where keys are elsewhere', () => {
  const makes = (env: Record<string, string>) => readStartSettings(env).mayMakeTokens;
  expect(makes({})).toBe(true);
  expect(makes({ CARAT_JWKS_URL: 'https://id.example/keys' })).toBe(false);
  expect(makes({ NODE_ENV: 'production', CARAT_JWT_SECRET: 'x'.repeat(32) })).toBe(false);
});

test('the demo plays on the default store only, however that is written', () => {
  const plays = (env: Record<string, string>) => readStartSettings(env).demo;
  expect(plays({ CARAT_EVENT_STORE: 'sqlite:.carat/carat.db' })).toBe(true);
  expect(plays({ CARAT_EVENT_STORE: 'sqlite:.carat/mine.db' })).toBe(false);
  expect(plays({ CARAT_EVENT_STORE: 'kurrentdb://127.0.0.1:2113' })).toBe(false);
  expect(plays({ CARAT_DEMO: 'off' })).toBe(false);
  expect(plays({ CARAT_JWKS_URL: 'https://keys.example/jwks.json' })).toBe(false);
});

test('installing can be forbidden', () => {
  expect(readRedisSettings({ CARAT_INSTALL: 'no' }).install).toBe(false);
  expect(() => readRedisSettings({ CARAT_INSTALL: 'maybe' })).toThrow(/CARAT_INSTALL/);
});

test('settings of Carat do not leak into the processes of another system', () => {
  const env = {
    PATH: '/bin',
    HOME: '/root',
    CARAT_CLOCK_OFFSET: '5',
    REDIS_URL: 'redis://x',
    NODE_OPTIONS: '-r x',
    NODE_COMPILE_CACHE: '/cache',
  };
  expect(plainEnv(env)).toEqual({ PATH: '/bin', HOME: '/root', NODE_COMPILE_CACHE: '/cache' });
});

test('the project is found from here', () => {
  expect(join(projectRoot, 'infra/local')).toBe(import.meta.dirname);
});

test('takes a server to test against by its address, one host or several', () => {
  for (const url of [
    'kurrentdb://127.0.0.1:2113?tls=false',
    'kurrentdb://a:2113,b:2113',
    'kurrentdb+discover://c',
  ]) {
    expect(readServerSettings({ KURRENTDB_URL: url })).toEqual({ url });
  }
  expect(() => readServerSettings({})).toThrow('KURRENTDB_URL must be set');
  expect(() => readServerSettings({ KURRENTDB_URL: 'http://127.0.0.1:2113' })).toThrow(
    'KURRENTDB_URL must be',
  );
});
