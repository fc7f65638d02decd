import { isRefusal, type Refusal, type Role, refuse } from '@carat/protocol';
import type { Auth, Identity } from '@carat/service-kit';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { identify } from '../access.ts';
import { limits } from '../limits.ts';

const cookieName = 'carat-operator';

/** Who comes as an operator, by a token. */
const identifyOperator = async (
  auth: Auth,
  authorization: string | undefined,
): Promise<Identity | Refusal> => {
  const identity = await identify(auth, authorization);
  if (isRefusal(identity)) return identity;
  return identity.roles.includes('operator' satisfies Role) ? identity : refuse('forbidden');
};

const cookieOf = ({ headers }: FastifyRequest): string | undefined =>
  headers.cookie
    ?.split(';')
    .map((pair) => pair.trim())
    .find((pair) => pair.startsWith(`${cookieName}=`))
    ?.slice(cookieName.length + 1);

/** A browser sends no header with what it opens, so there the token may come by a cookie. */
export const refuseOthers = async (auth: Auth, request: FastifyRequest): Promise<Refusal | undefined> => {
  const cookie = cookieOf(request);
  const { authorization = cookie && `Bearer ${cookie}` } = request.headers;
  const identity = await identifyOperator(auth, authorization);
  return isRefusal(identity) ? identity : undefined;
};

/** The token that is handed in by the address, once, to be kept as a cookie. */
export const tokenIn = ({ query }: FastifyRequest): string | undefined => {
  const { token } = (query ?? {}) as { readonly token?: unknown };
  return typeof token === 'string' && token !== '' ? token : undefined;
};

/**
 * Keeps an operator's token as a cookie that no script reads, that goes to this path only and ends with the
 * token. Other sites' pages send it by links alone, so that one may come from there; nothing is changed by
 * what a link asks for. Then it leads to where the address tells nothing of it.
 */
export const signIn = async (
  auth: Auth,
  token: string,
  path: string,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> => {
  const identity = await identifyOperator(auth, `Bearer ${token}`);
  if (isRefusal(identity)) return reply.send(identity);
  if (token.length > limits.maxCookieChars) {
    const message = 'The token is too long for a cookie: send it as an Authorization header.';
    return reply.send(refuse('invalid', { path: 'token', message }));
  }
  const isSecure = request.protocol === 'https' || request.headers['x-forwarded-proto'] === 'https';
  const cookie = [
    `${cookieName}=${token}`,
    `Path=${path}`,
    `Expires=${new Date(identity.expiresAt).toUTCString()}`,
    'HttpOnly',
    'SameSite=Lax',
    ...(isSecure ? ['Secure'] : []),
  ];
  return reply.header('set-cookie', cookie.join('; ')).redirect(path, 303);
};
