import { existsSync } from 'node:fs';
import { join, relative } from 'node:path';
import fastifyStatic from '@fastify/static';
import type { FastifyInstance, FastifyReply } from 'fastify';

/** The pages, by the path of each. */
export const pagePaths = ['/', '/room/', '/studio/', '/overlay/', '/console/'] as const;

/** Where the pages' build puts what it names after its content. */
const hashedFiles = 'assets/';

const unbuilt = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>Carat</title>
<p>The pages are not built. Run <code>npm run build -w @carat/studio</code> and start the api again.</p>
</html>
`;

/**
 * Serves the viewer's room, the creator's studio, the overlay and the operator's console. What a page holds
 * never depends on who asks: its token stays in the browser.
 * @param dir where their build lies; where it is missing, a plain page says how to make it
 * @param gatewayUrl where the pages may open sockets to, besides asking this service
 */
export const mountPages = (app: FastifyInstance, dir: string, gatewayUrl: string): void => {
  const headers = pageHeaders(gatewayUrl);
  app.register(async (scope) => {
    scope.addHook('onRequest', async (_, reply) => {
      reply.headers(headers);
    });
    if (existsSync(join(dir, 'index.html'))) serveFiles(scope, dir);
    else serveUnbuilt(scope);
  });
};

const serveFiles = (scope: FastifyInstance, dir: string): void => {
  scope.register(fastifyStatic, {
    root: dir,
    redirect: true,
    dotfiles: 'ignore',
    cacheControl: false,
    setHeaders: (reply, path) => {
      reply.header('cache-control', cachingOf(relative(dir, path)));
    },
  });
};

/** The name of a hashed file changes with its content; what names it must be asked for each time. */
const cachingOf = (path: string): string =>
  path.startsWith(hashedFiles) ? 'public, max-age=31536000, immutable' : 'no-cache';

const serveUnbuilt = (scope: FastifyInstance): void => {
  const answer = async (_: unknown, reply: FastifyReply) =>
    reply.header('cache-control', 'no-store').type('text/html; charset=utf-8').send(unbuilt);
  for (const path of pagePaths) scope.get(path, { schema: { hide: true } }, answer);
};

/** Pages run their own scripts only, talk to this service and the gateway only, and nobody frames them. */
const pageHeaders = (gatewayUrl: string): Record<string, string> => {
  const { host, protocol } = new URL(gatewayUrl);
  const gateway = /^(https|wss):$/.test(protocol)
    ? `https://${host} wss://${host}`
    : `http://${host} ws://${host}`;
  const policy = [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' data:",
    "font-src 'self'",
    `connect-src 'self' ${gateway}`,
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
  ];
  return {
    'content-security-policy': policy.join('; '),
    'cross-origin-opener-policy': 'same-origin',
    'permissions-policy': 'camera=(), geolocation=(), microphone=()',
    'referrer-policy': 'no-referrer',
    'x-content-type-options': 'nosniff',
    'x-frame-options': 'DENY',
  };
};
