import fc from 'fast-check';
import { SignJWT } from 'jose';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { expiryOf } from './expiry.ts';
import { defaultLimits } from './limits.ts';
import { Renewal, renewalDelay } from './renewal.ts';

describe('when a token expires', () => {
  it('is what it says itself, whoever signed it', async () => {
    const token = await new SignJWT({ name: 'Zoë ÿ~?>' })
      .setProtectedHeader({ alg: 'HS256' })
      .setExpirationTime(2_000_000_000)
      .sign(new TextEncoder().encode('any'));
    expect(expiryOf(token)).toBe(2_000_000_000_000);
  });

  it.each([
    '',
    'no token',
    'a.b.c',
    `a.${btoa('{}')}.c`,
    `a.${btoa('{"exp":"soon"}')}.c`,
    `a.${btoa('null')}.c`,
  ])('is unknown of %j', (token) => expect(expiryOf(token)).toBeUndefined());
});

describe('renewing', () => {
  beforeEach(() => void vi.useFakeTimers({ now: 0 }));
  afterEach(() => void vi.useRealTimers());

  it('comes ahead of the expiry, for each client at another time', () => {
    const left = fc.integer({ min: 1_000, max: 86_400_000 });
    fc.assert(
      fc.property(left, fc.double({ min: 0, max: 1, noNaN: true }), (leftMs, random) => {
        const wait = renewalDelay(leftMs, defaultLimits, () => random);
        const ahead = Math.min(60_000, leftMs / 2);
        expect(wait).toBeGreaterThanOrEqual(leftMs - ahead);
        expect(wait).toBeLessThanOrEqual(leftMs - ahead / 2);
      }),
    );
  });

  it('goes on with what it was told, tries again where it failed, and ends', async () => {
    let answer = (): Promise<number> => Promise.reject(new Error('not now'));
    const renew = vi.fn(() => answer());
    const renewal = new Renewal(renew, Date.now, defaultLimits);
    renewal.plan(undefined);
    expect(vi.getTimerCount()).toBe(0);
    renewal.plan(3 * 86_400_000);
    await vi.advanceTimersByTimeAsync(3 * 86_400_000 - 61_000);
    expect(renew).not.toHaveBeenCalled();
    await vi.advanceTimersByTimeAsync(40_000);
    expect(renew.mock.calls.length).toBeGreaterThan(1);
    answer = () => Promise.resolve(Date.now() + 3_600_000);
    await vi.advanceTimersByTimeAsync(5_000);
    const tries = renew.mock.calls.length;
    await vi.advanceTimersByTimeAsync(3_600_000);
    expect(renew.mock.calls.length).toBe(tries + 1);
    renewal.stop();
    expect(vi.getTimerCount()).toBe(0);
  });
});
