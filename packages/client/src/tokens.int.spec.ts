import { jwtVerify, SignJWT } from 'jose';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { Carat } from './carat.ts';
import { connect } from './connect.ts';
import { expiryOf } from './expiry.ts';
import { startGateway, type TestGateway } from './gateway.fixture.ts';

const secret = new TextEncoder().encode('a secret of this spec');
const sign = (seconds: number) =>
  new SignJWT({ sub: 'v' })
    .setProtectedHeader({ alg: 'HS256' })
    .setExpirationTime(Math.floor(Date.now() / 1_000) + seconds)
    .sign(secret);

let gateway: TestGateway;
let carat: Carat;
beforeEach(async () => {
  gateway = await startGateway();
  gateway.expiresAt = (token) => expiryOf(token) ?? 0;
});
afterEach(async () => {
  await carat.close();
  await gateway.close();
});

it('tokens that live for two seconds are renewed on the open connection before they expire', async () => {
  const lost = vi.fn();
  carat = await connect({ url: gateway.url, token: () => sign(2), limits: { firstRetryMs: 20 } });
  carat.on('disconnect', lost);
  await vi.waitFor(() => expect(gateway.renewed.length).toBeGreaterThanOrEqual(3), {
    timeout: 15_000,
    interval: 5,
  });
  expect(gateway.tokens).toHaveLength(1);
  const told = [gateway.tokens[0] as string, ...gateway.renewed];
  for (const token of gateway.renewed) await jwtVerify(token, secret, { clockTolerance: 60 });
  expect(new Set(told).size).toBe(told.length);
  expect(lost).not.toHaveBeenCalled();
});

it('a token that was given as text is asked for no other, one told by hand sets the pace anew', async () => {
  carat = await connect({ url: gateway.url, token: await sign(1) });
  const first = carat;
  await first.renew(await sign(1));
  expect(gateway.renewed).toHaveLength(1);
  await first.close();
  const asked = vi.fn(() => sign(3_600));
  carat = await connect({ url: gateway.url, token: asked, limits: { firstRetryMs: 20 } });
  await carat.renew(await sign(2));
  await vi.waitFor(() => expect(asked).toHaveBeenCalledTimes(2), { timeout: 5_000, interval: 5 });
  await vi.waitFor(() => expect(gateway.renewed).toHaveLength(3), { timeout: 5_000, interval: 5 });
});
