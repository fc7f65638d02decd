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

/**
 * Keeps the token that an operator's page sends as its header as a cookie too, that no script reads, that
 * goes to this path only and ends with the token. Answers when that is, in ms since 1970. Other sites' pages
 * send the cookie by links alone, so that one may come from there: what a link asks for changes nothing.
 */
export const signIn = async (
  auth: Auth,
  path: string,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> => {
  const { authorization = '' } = request.headers;
  const identity = await identifyOperator(auth, authorization);
  if (isRefusal(identity)) return reply.send(identity);
  const token = authorization.slice(authorization.indexOf(' ') + 1).trim();
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
  return reply.header('set-cookie', cookie.join('; ')).send({ expiresAt: identity.expiresAt });
};
