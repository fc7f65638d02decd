import { expect, it } from 'vitest';
import { overlayAddress } from './overlay-address.ts';

const page = 'https://carat.test/studio/?live=other#x';

it('carries a creator’s sign-in', () => {
  expect(overlayAddress(page, 'l 1', { token: 'a.b.c', roles: ['viewer', 'creator'] })).toEqual({
    href: 'https://carat.test/overlay/?live=l+1#token=a.b.c',
    isSignedIn: true,
  });
});

it.each([[['operator']], [['creator', 'service']]])('never carries that of staff: %j', (roles) => {
  expect(overlayAddress(page, 'l', { token: 'a.b.c', roles })).toEqual({
    href: 'https://carat.test/overlay/?live=l#token=',
    isSignedIn: false,
  });
});
