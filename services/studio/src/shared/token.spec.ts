import { describe, expect, it } from 'vitest';
import { hasExpired, isRenewal, keepToken, readToken, takeToken } from './token.ts';

const tokenOf = (claims: object): string =>
  ['{}', JSON.stringify(claims), ''].map((part) => Buffer.from(part).toString('base64url')).join('.');

const storage = () => {
  const kept = new Map<string, string>();
  return {
    getItem: (name: string) => kept.get(name) ?? null,
    setItem: (name: string, value: string) => void kept.set(name, value),
  };
};
const at = (hash: string) => ({ hash, pathname: '/room/', search: '?live=l' });

describe('a token', () => {
  it('says whom it is for, in any letters', () => {
    const token = tokenOf({ sub: 'zoë?>~', roles: ['viewer'], exp: 100 });
    expect(readToken(` ${token}\n`)).toEqual({ token, sub: 'zoë?>~', roles: ['viewer'], expiresAt: 100_000 });
    expect(readToken(tokenOf({ sub: 'v' }))).toMatchObject({ roles: [], expiresAt: undefined });
  });

  it.each(['', 'a', 'a.b.c', tokenOf({ roles: ['viewer'] }), tokenOf([])])('is none: %s', (text) => {
    expect(readToken(text)).toBeUndefined();
  });

  it('is taken out of the address, and kept for the tab', () => {
    const kept = storage();
    const addresses: string[] = [];
    const token = tokenOf({ sub: 'v' });
    const tidy = (address: string) => void addresses.push(address);
    expect(takeToken(at(`#token=${token}`), kept, tidy)?.sub).toBe('v');
    expect(addresses).toEqual(['/room/?live=l']);
    expect(takeToken(at(''), kept, tidy)?.sub).toBe('v');
    expect(addresses).toHaveLength(1);
  });

  it('stays in the address of a page that is opened again and again, which keeps none', () => {
    const kept = storage();
    keepToken(kept, tokenOf({ sub: 'other' }));
    expect(takeToken(at(`#token=${tokenOf({ sub: 'c' })}`), kept, undefined)?.sub).toBe('c');
    expect(takeToken(at(''), kept, undefined)).toBeUndefined();
  });

  it('gives way to a newer one', () => {
    const kept = storage();
    keepToken(kept, tokenOf({ sub: 'old' }));
    expect(takeToken(at(`#token=${tokenOf({ sub: 'new' })}`), kept, () => {})?.sub).toBe('new');
  });
});

describe('another token', () => {
  const one = { token: '', sub: 'v', roles: ['viewer'], expiresAt: 100 };

  it.each([
    [{ ...one, expiresAt: 101 }, true],
    [{ ...one, expiresAt: undefined }, true],
    [{ ...one, expiresAt: 101, roles: ['creator', 'viewer'] }, true],
    [one, false],
    [{ ...one, expiresAt: 99 }, false],
    [{ ...one, expiresAt: 101, sub: 'other' }, false],
    [{ ...one, expiresAt: 101, roles: ['creator'] }, false],
  ])('renews one where it lets the same person do as much for longer: %#', (next, expected) => {
    expect(isRenewal(next, one)).toBe(expected);
  });

  it('never renews one that does not run out', () => {
    const endless = { ...one, expiresAt: undefined };
    expect(isRenewal(endless, endless)).toBe(false);
    expect([one, endless].map((each) => [hasExpired(each, 99), hasExpired(each, 100)])).toEqual([
      [false, true],
      [false, false],
    ]);
  });
});
