import { expect, it } from 'vitest';
import { readConfig } from './config.ts';

const secret = 'x'.repeat(40);

it('lets pages of any origin in while developing, and in production those that are named', () => {
  expect(readConfig({}).CARAT_ALLOWED_ORIGINS).toBeUndefined();
  const production = { NODE_ENV: 'production', CARAT_JWT_SECRET: secret };
  expect(() => readConfig(production)).toThrow(/CARAT_ALLOWED_ORIGINS must be set/);
  const CARAT_ALLOWED_ORIGINS = 'https://a.example, http://localhost:3000';
  expect(readConfig({ ...production, CARAT_ALLOWED_ORIGINS }).CARAT_ALLOWED_ORIGINS).toEqual([
    'https://a.example',
    'http://localhost:3000',
  ]);
  expect(readConfig({ ...production, CARAT_ALLOWED_ORIGINS: '*' }).CARAT_ALLOWED_ORIGINS).toEqual(['*']);
});

it.each([
  ['CARAT_ALLOWED_ORIGINS', 'a.example'],
  ['CARAT_ALLOWED_ORIGINS', 'https://a.example/path'],
  ['CARAT_ALLOWED_ORIGINS', 'https://a.example,'],
  ['CARAT_CLAIMS_PER_SECOND', '0'],
  ['CARAT_SOCKETS_PER_VIEWER', 'many'],
  ['CARAT_SOCKETS_PER_ADDRESS', '-1'],
  ['CARAT_TRUST_PROXY', 'true'],
])('does not start on %s=%s, and names it', (variable, value) => {
  expect(() => readConfig({ [variable]: value })).toThrow(variable);
});
