import type { Identity } from '../shared/token.ts';

export type OverlayAddress = {
  readonly href: string;
  /** Whether it carries the sign-in; else a token for it comes after `#token=`. */
  readonly isSignedIn: boolean;
};

const staff: readonly string[] = ['operator', 'service'];

/**
 * The address of the overlay of a live. A creator's carries the token of the page, to be used at once; that
 * of staff, which can do far more than watch, stays out of a streaming program.
 * @param page the address of the page that shows it
 */
export const overlayAddress = (
  page: string,
  live: string,
  { token, roles }: Pick<Identity, 'token' | 'roles'>,
): OverlayAddress => {
  const isSignedIn = !roles.some((role) => staff.includes(role));
  const address = new URL('/overlay/', page);
  address.searchParams.set('live', live);
  address.hash = `token=${isSignedIn ? token : ''}`;
  return { href: address.href, isSignedIn };
};
