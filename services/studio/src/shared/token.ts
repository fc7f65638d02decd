/** What a token says of whom it is for. Pages believe it for display only: it is checked where it is used. */
export type Identity = {
  readonly token: string;
  readonly sub: string;
  readonly roles: readonly string[];
  /** ms since 1970; undefined where it does not say. */
  readonly expiresAt: number | undefined;
};

const storageKey = 'carat.token';

/** Undefined where the text is no JWT that names somebody. */
export const readToken = (text: string): Identity | undefined => {
  const token = text.trim();
  try {
    const payload = token.split('.')[1]!.replaceAll('-', '+').replaceAll('_', '/');
    const bytes = Uint8Array.from(atob(payload), (letter) => letter.charCodeAt(0));
    const { sub, roles, exp } = JSON.parse(new TextDecoder().decode(bytes)) as Record<string, unknown>;
    if (typeof sub !== 'string') return undefined;
    return {
      token,
      sub,
      roles: Array.isArray(roles) ? roles.map(String) : [],
      expiresAt: typeof exp === 'number' ? exp * 1_000 : undefined,
    };
  } catch {
    return undefined;
  }
};

export const hasExpired = ({ expiresAt }: Identity, now: number): boolean =>
  expiresAt !== undefined && expiresAt <= now;

/** Whether a token can take the place of another: it lets the same person do as much, for longer. */
export const isRenewal = (next: Identity, before: Identity): boolean =>
  next.sub === before.sub &&
  before.roles.every((role) => next.roles.includes(role)) &&
  (next.expiresAt ?? Number.POSITIVE_INFINITY) > (before.expiresAt ?? Number.POSITIVE_INFINITY);

type Place = Pick<Location, 'hash' | 'pathname' | 'search'>;
type Keeping = Pick<Storage, 'getItem' | 'setItem'>;

const tokenInFragment = (hash: string): string | undefined =>
  new URLSearchParams(hash.replace(/^#/, '')).get('token') ?? undefined;

/**
 * The token of this tab: the one in the address' fragment, which never reaches a server, else the one kept
 * from before. With `tidy` it is kept for the tab, and the address is cleared of it.
 */
export const takeToken = (
  place: Place,
  kept: Keeping,
  tidy: ((address: string) => void) | undefined,
): Identity | undefined => {
  const told = tokenInFragment(place.hash);
  if (tidy === undefined) return told === undefined ? undefined : readToken(told);
  if (told !== undefined) {
    keepToken(kept, told);
    tidy(`${place.pathname}${place.search}`);
  }
  const token = told ?? kept.getItem(storageKey);
  return token === null ? undefined : readToken(token);
};

export const keepToken = (kept: Pick<Storage, 'setItem'>, token: string): void =>
  kept.setItem(storageKey, token.trim());
