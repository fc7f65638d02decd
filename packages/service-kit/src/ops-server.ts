import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Health } from './health.ts';
import type { Metrics } from './metrics.ts';

export type Ops = { readonly health: Health; readonly metrics: Pick<Metrics, 'registry'> };

/**
 * Answers GET /livez, /readyz and /metrics on a plain HTTP server. False: the request asks for something
 * else.
 */
export const answerOps = (request: IncomingMessage, response: ServerResponse, ops: Ops): boolean => {
  const [path] = (request.url ?? '').split('?', 1);
  const answer = answers[path ?? ''];
  if (!answer || (request.method !== 'GET' && request.method !== 'HEAD')) return false;
  answer(response, ops).catch((error: unknown) =>
    sendJson(response, 500, { ok: false, error: String(error) }),
  );
  return true;
};

const answers: Readonly<Record<string, (response: ServerResponse, ops: Ops) => Promise<void>>> = {
  '/livez': async (response, { health }) =>
    sendJson(response, health.live() ? 200 : 503, { ok: health.live() }),
  '/readyz': async (response, { health }) => {
    const readiness = await health.ready();
    sendJson(response, readiness.ok ? 200 : 503, readiness);
  },
  '/metrics': async (response, { metrics }) => {
    const text = await metrics.registry.metrics();
    response.writeHead(200, { 'content-type': metrics.registry.contentType }).end(text);
  },
};

const sendJson = (response: ServerResponse, status: number, body: object): void => {
  if (response.headersSent) return void response.end();
  response
    .writeHead(status, { 'content-type': 'application/json', 'cache-control': 'no-store' })
    .end(`${JSON.stringify(body)}\n`);
};

/** The three endpoints for a service that has no server of its own; port 0 takes a free one. */
export const serveOps = async (
  options: { readonly host: string; readonly port: number } & Ops,
): Promise<{ port: number; close(): Promise<void> }> => {
  const server = createServer((request, response) => {
    if (!answerOps(request, response, options)) sendJson(response, 404, { ok: false, error: 'not found' });
  });
  server.listen(options.port, options.host);
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
};
