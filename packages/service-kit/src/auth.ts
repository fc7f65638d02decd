import { createRemoteJWKSet, errors, type JWTPayload, jwtVerify, SignJWT } from 'jose';

/** Who somebody proved to be. `expiresAt` is in ms since 1970. */
export type Identity = {
  readonly sub: string;
  readonly roles: readonly string[];
  readonly expiresAt: number;
};

export type Auth = {
  /**
   * The identity a token proves, or undefined where it proves none: malformed, forged, expired, without
   * `sub`.
   */
  verify(token: string): Promise<Identity | undefined>;
  /** What is wrong with the source of keys; undefined while all is well. For `health.add`. */
  check(): string | undefined;
};

const maxTokenChars = 8_192;
const maxCachedTokens = 10_000;
/** How long a token is believed without looking at the keys again. */
const maxCacheMs = 60_000;
const maxKeyFetchMs = 5_000;
const signatures = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA'];

type Claims = { readonly sub: string; readonly roles: string };

const identityOf = (payload: JWTPayload, claims: Claims): Identity | undefined => {
  const { [claims.sub]: sub, [claims.roles]: roles, exp } = payload;
  if (typeof sub !== 'string' || sub === '' || exp === undefined) return undefined;
  const named = Array.isArray(roles) ? roles.filter((role): role is string => typeof role === 'string') : [];
  return { sub, roles: named, expiresAt: exp * 1000 };
};

export type AuthConfig = {
  readonly CARAT_JWT_SECRET: string;
  readonly CARAT_JWKS_URL?: string | undefined;
  /** The claims that say who somebody is and what they may do; `sub` and `roles` where they are missing. */
  readonly CARAT_JWT_SUB_CLAIM?: string;
  readonly CARAT_JWT_ROLES_CLAIM?: string;
  /** Tokens of another issuer, or for another audience, prove nothing. */
  readonly CARAT_JWT_ISSUER?: string | undefined;
  readonly CARAT_JWT_AUDIENCE?: string | undefined;
};

/**
 * Checks tokens against the keys at CARAT_JWKS_URL where that is set (asymmetric signatures only), else
 * against CARAT_JWT_SECRET (HS256 only). Expiry goes by the machine's clock, as tokens are signed by another
 * machine's.
 */
export const createAuth = (config: AuthConfig): Auth => {
  const believed = new Map<string, { identity: Identity; until: number }>();
  let fault: string | undefined;
  const url = config.CARAT_JWKS_URL;
  const keys = url && createRemoteJWKSet(new URL(url), { timeoutDuration: maxKeyFetchMs });
  const secret = new TextEncoder().encode(config.CARAT_JWT_SECRET);
  const { CARAT_JWT_ISSUER: issuer, CARAT_JWT_AUDIENCE: audience } = config;
  const meant = { ...(issuer && { issuer }), ...(audience && { audience }) };
  const claims = { sub: config.CARAT_JWT_SUB_CLAIM ?? 'sub', roles: config.CARAT_JWT_ROLES_CLAIM ?? 'roles' };
  const parse = (token: string) =>
    keys
      ? jwtVerify(token, keys, { ...meant, algorithms: signatures })
      : jwtVerify(token, secret, { ...meant, algorithms: ['HS256'] });

  const believe = (token: string, identity: Identity): void => {
    if (believed.size >= maxCachedTokens) {
      const [oldest] = believed.keys();
      if (oldest !== undefined) believed.delete(oldest);
    }
    believed.set(token, { identity, until: Math.min(identity.expiresAt, Date.now() + maxCacheMs) });
  };

  return {
    async verify(token) {
      if (token.length > maxTokenChars) return undefined;
      const known = believed.get(token);
      if (known && Date.now() < known.until) return known.identity;
      believed.delete(token);
      try {
        const { payload } = await parse(token);
        fault = undefined;
        const identity = identityOf(payload, claims);
        if (identity) believe(token, identity);
        return identity;
      } catch (error) {
        if (keys && isKeyFailure(error)) fault = `the keys at ${url} cannot be had`;
        return undefined;
      }
    },
    check: () => fault,
  };
};

/**
 * True where the source of keys failed, rather than the token: whatever is not about one token or its key.
 */
const isKeyFailure = (error: unknown): boolean =>
  !(error instanceof errors.JOSEError) ||
  error instanceof errors.JWKSTimeout ||
  error instanceof errors.JWKSInvalid ||
  error.code === 'ERR_JOSE_GENERIC';

/** Signs a token as the platform's own sign-in would: for local runs, tests and the command line. */
export const signToken = (
  claims: { sub: string; roles: readonly string[]; ttlSeconds: number },
  secret: string,
): Promise<string> =>
  new SignJWT({ roles: [...claims.roles] })
    .setProtectedHeader({ alg: 'HS256' })
    .setSubject(claims.sub)
    .setIssuedAt()
    .setExpirationTime(Math.floor(Date.now() / 1000) + claims.ttlSeconds)
    .sign(new TextEncoder().encode(secret));
