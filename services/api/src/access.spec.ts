import { signToken } from '@carat/service-kit';
import { describe, expect, it } from 'vitest';
import { actsFor, identify, isStaff } from './access.ts';
import { auth, secret } from './testing/api-under-test.ts';

const identity = (sub: string, ...roles: string[]) => ({ sub, roles, expiresAt: 0 });

describe('who may do what', () => {
  it.each([
    ['itself', identity('v1', 'viewer'), true],
    ['another viewer', identity('v2', 'viewer'), false],
    ['itself in another role', identity('v1', 'creator'), false],
    ['the platform', identity('shop', 'service'), true],
    ['an operator', identity('olga', 'operator'), true],
    ['nobody in particular', identity('v1'), false],
  ])('acting for a viewer: %s', (_, who, allowed) => {
    expect(actsFor(who, 'viewer', 'v1')).toBe(allowed);
  });

  it('knows the platform’s people', () => {
    expect(isStaff(identity('a', 'viewer', 'service'))).toBe(true);
    expect(isStaff(identity('a', 'viewer', 'creator'))).toBe(false);
  });
});

describe('identifying', () => {
  it('takes a bearer token, in any case and spacing that HTTP allows', async () => {
    const token = await signToken({ sub: 'v1', roles: ['viewer'], ttlSeconds: 60 }, secret);
    expect(await identify(auth, `Bearer ${token}`)).toMatchObject({ sub: 'v1', roles: ['viewer'] });
    expect(await identify(auth, `bearer  ${token} `)).toMatchObject({ sub: 'v1' });
  });

  it.each([undefined, '', 'Bearer', 'Basic abc', 'Bearer a b', 'Bearer nonsense'])(
    'refuses %j',
    async (header) => {
      expect(await identify(auth, header)).toMatchObject({ refused: 'unauthenticated' });
    },
  );

  it('refuses an expired token, and one that others signed', async () => {
    const expired = await signToken({ sub: 'v1', roles: [], ttlSeconds: -1 }, secret);
    const forged = await signToken({ sub: 'v1', roles: [], ttlSeconds: 60 }, `${secret}!`);
    expect(await identify(auth, `Bearer ${expired}`)).toMatchObject({ refused: 'unauthenticated' });
    expect(await identify(auth, `Bearer ${forged}`)).toMatchObject({ refused: 'unauthenticated' });
  });

  it('is overloaded, not unfriendly, while the keys cannot be had', async () => {
    const keyless = {
      verify: async () => undefined,
      check: () => 'the keys at http://keys.test cannot be had',
    };
    const answer = await identify(keyless, 'Bearer abc');
    expect(answer).toMatchObject({ refused: 'overloaded', retry: true });
    expect(JSON.stringify(answer)).not.toContain('keys.test');
  });
});
