import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair, SignJWT, UnsecuredJWT } from 'jose';
import { afterEach, expect, test, vi } from 'vitest';
import { createAuth, signToken } from './auth.ts';

const secret = 'a-secret-of-at-least-thirty-two-characters';
const auth = () => createAuth({ CARAT_JWT_SECRET: secret });
const viewer = { sub: 'viewer-1', roles: ['viewer'], ttlSeconds: 60 };

afterEach(() => vi.useRealTimers());

test('a signed token proves who it names, until it expires', async () => {
  vi.useFakeTimers({ now: 1_700_000_000_400 });
  const token = await signToken(viewer, secret);
  const { verify } = auth();
  expect(await verify(token)).toEqual({ sub: 'viewer-1', roles: ['viewer'], expiresAt: 1_700_000_060_000 });
  vi.setSystemTime(1_700_000_059_999);
  expect(await verify(token)).toMatchObject({ sub: 'viewer-1' });
  vi.setSystemTime(1_700_000_060_000);
  expect(await verify(token)).toBeUndefined();
});

test.each([
  ['rubbish', async () => 'rubbish'],
  ['nothing', async () => ''],
  ['another secret', () => signToken(viewer, `${secret}!`)],
  ['an altered token', async () => `${await signToken(viewer, secret)}x`],
  ['no signature', async () => new UnsecuredJWT({}).setSubject('v').setExpirationTime('1h').encode()],
  ['an expired one', () => signToken({ ...viewer, ttlSeconds: -1 }, secret)],
  ['nobody named', () => signToken({ ...viewer, sub: '' }, secret)],
  ['one that is too long', () => signToken({ ...viewer, sub: 'v'.repeat(9_000) }, secret)],
  [
    'no end',
    () => new SignJWT({}).setProtectedHeader({ alg: 'HS256' }).setSubject('v').sign(Buffer.from(secret)),
  ],
])('%s proves nothing', async (_, make) => {
  expect(await auth().verify(await make())).toBeUndefined();
});

test('roles that are no list of texts are none', async () => {
  const sign = (roles: unknown) =>
    new SignJWT({ roles })
      .setProtectedHeader({ alg: 'HS256' })
      .setSubject('v')
      .setExpirationTime('1h')
      .sign(Buffer.from(secret));
  expect((await auth().verify(await sign('operator')))?.roles).toEqual([]);
  expect((await auth().verify(await sign(['viewer', 7])))?.roles).toEqual(['viewer']);
});

const signed = (claims: object) =>
  new SignJWT({ ...claims })
    .setProtectedHeader({ alg: 'HS256' })
    .setExpirationTime('1h')
    .sign(Buffer.from(secret));

test('claims of other names are taken where settings say so', async () => {
  const { verify } = createAuth({
    CARAT_JWT_SECRET: secret,
    CARAT_JWT_SUB_CLAIM: 'https://live.example/id',
    CARAT_JWT_ROLES_CLAIM: 'https://live.example/roles',
  });
  const named = { 'https://live.example/id': 'vera', 'https://live.example/roles': ['viewer'] };
  const token = await signed({ ...named, sub: 'auth0|5f', roles: ['operator'] });
  expect(await verify(token)).toMatchObject({ sub: 'vera', roles: ['viewer'] });
  expect(await verify(await signed({ sub: 'vera', roles: ['viewer'] }))).toBeUndefined();
  expect(await verify(await signed({ ...named, 'https://live.example/id': 7 }))).toBeUndefined();
});

test('a token of another issuer, or for another audience, proves nothing', async () => {
  const { verify } = createAuth({
    CARAT_JWT_SECRET: secret,
    CARAT_JWT_ISSUER: 'https://id.example/',
    CARAT_JWT_AUDIENCE: 'carat',
  });
  const good = { sub: 'vera', iss: 'https://id.example/', aud: ['shop', 'carat'] };
  expect(await verify(await signed(good))).toMatchObject({ sub: 'vera' });
  for (const wrong of [
    { iss: 'https://other.example/' },
    { aud: 'shop' },
    { iss: undefined },
    { aud: undefined },
  ]) {
    expect(await verify(await signed({ ...good, ...wrong }))).toBeUndefined();
  }
});

test('with a JWKS address its keys decide, and the secret counts for nothing', async () => {
  const { publicKey, privateKey } = await generateKeyPair('ES256');
  const jwk = { ...(await exportJWK(publicKey)), kid: 'k1', alg: 'ES256' };
  const server = createServer((_, response) => response.end(JSON.stringify({ keys: [jwk] })));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/jwks.json`;
  const { verify, check } = createAuth({ CARAT_JWT_SECRET: secret, CARAT_JWKS_URL: url });

  const token = await new SignJWT({ roles: ['creator'] })
    .setProtectedHeader({ alg: 'ES256', kid: 'k1' })
    .setSubject('creator-1')
    .setExpirationTime('1h')
    .sign(privateKey);
  expect(await verify(token)).toMatchObject({ sub: 'creator-1', roles: ['creator'] });
  expect(await verify(await signToken(viewer, secret))).toBeUndefined();
  expect(check()).toBeUndefined();
  server.close();
  server.closeAllConnections();
});

test('keys that cannot be fetched let nobody in, and the check says so', async () => {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/jwks.json`;
  await new Promise((resolve) => server.close(resolve));
  const { verify, check } = createAuth({ CARAT_JWT_SECRET: secret, CARAT_JWKS_URL: url });
  const { privateKey } = await generateKeyPair('ES256');
  const token = await new SignJWT({})
    .setProtectedHeader({ alg: 'ES256', kid: 'k1' })
    .setSubject('v')
    .setExpirationTime('1h')
    .sign(privateKey);
  expect(await verify(token)).toBeUndefined();
  expect(check()).toBe(`the keys at ${url} cannot be had`);
});
