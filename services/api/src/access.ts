import { type Refusal, type Role, refuse } from '@carat/protocol';
import type { Auth, Identity } from '@carat/service-kit';
import { limits } from './limits.ts';

/** The platform's own back end, or whoever runs Carat. */
export const isStaff = ({ roles }: Identity): boolean =>
  roles.includes('service' satisfies Role) || roles.includes('operator' satisfies Role);

/** Whoever runs Carat. */
export const isOperator = ({ roles }: Identity): boolean => roles.includes('operator' satisfies Role);

/** Whether somebody acts as this very viewer or creator, or for it. */
export const actsFor = (identity: Identity, role: 'viewer' | 'creator', id: string): boolean =>
  isStaff(identity) || (identity.sub === id && identity.roles.includes(role));

/** Who sends a request, by its `Authorization: Bearer` header. */
export const identify = async (auth: Auth, header: string | undefined): Promise<Identity | Refusal> => {
  const token = header?.match(/^Bearer +([^\s]+) *$/i)?.[1];
  if (token === undefined) return refuse('unauthenticated');
  const identity = await auth.verify(token);
  if (identity !== undefined) return identity;
  // Where the keys themselves cannot be had, the token may be as good as any.
  return auth.check() === undefined ? refuse('unauthenticated') : keysAreAway();
};

const keysAreAway = (): Refusal =>
  refuse('overloaded', {
    message: 'Tokens cannot be checked right now. Send the same again after `retryAfterMs`.',
    retryAfterMs: limits.retryAfterMs,
  });
