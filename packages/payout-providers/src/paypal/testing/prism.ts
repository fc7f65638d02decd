import { once } from 'node:events';
import { request as call, createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { getHttpOperationsFromSpec } from '@stoplight/prism-http';
import { createServer as createPrism } from '@stoplight/prism-http-server';
import type { Between } from './subject.ts';

export type Operations = Awaited<ReturnType<typeof getHttpOperationsFromSpec>>;

/** What published OpenAPI descriptions say. */
export const readDescriptions = async (paths: readonly string[]): Promise<Operations> =>
  (await Promise.all(paths.map((path) => getHttpOperationsFromSpec(path)))).flat();

const silent = () => {};
const logger = {
  ...{ trace: silent, debug: silent, info: silent, warn: silent, error: silent, fatal: silent },
  success: silent,
  child: (): object => logger,
};

/**
 * Puts Prism between an adapter and the double: what is described goes through it, requests and answers
 * alike, and what is not valid is answered by an error of Prism's; the rest goes straight to the double.
 * `violations`: what Prism found.
 */
export const placePrism = async (
  upstream: string,
  operations: Operations,
  violations: string[],
): Promise<Between> => {
  const prism = createPrism(operations, {
    cors: false,
    config: {
      ...{ isProxy: true, upstream: new URL(upstream), upstreamProxy: undefined, mock: { dynamic: false } },
      ...{ validateRequest: true, validateResponse: true, checkSecurity: true, errors: true },
    },
    components: { logger: logger as never },
  });
  const prismUrl = await prism.listen(0, '127.0.0.1');
  const described = operations.map(({ method, path }) => ({
    method: method.toUpperCase(),
    path: new RegExp(`^${path.replace(/\{[^}]+\}/g, '[^/]+')}$`),
  }));

  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const body = Buffer.concat(chunks);
    const path = request.url?.split('?', 1)[0] ?? '';
    const known = described.some((one) => one.method === request.method && one.path.test(path));
    if (known && path.endsWith(bytesMatter)) {
      const checked = await fetch(`${prismUrl}${path}`, { method: 'POST', headers: jsonOf(request), body });
      note(violations, checked.headers.get('sl-violations'));
      return pass(request, body, response, checked.ok ? upstream : prismUrl, violations);
    }
    pass(request, body, response, known ? prismUrl : upstream, violations);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await prism.close();
    },
  };
};

/**
 * A signature is over bytes, and Prism writes what it hands on anew: so this question is asked twice, once of
 * Prism, whether it is valid, and once of the double, as it came.
 */
const bytesMatter = '/verify-webhook-signature';

const jsonOf = ({ headers }: IncomingMessage): Record<string, string> => ({
  'content-type': 'application/json',
  authorization: headers.authorization ?? '',
});

const note = (violations: string[], found: string | null | undefined): void => {
  if (found) violations.push(found);
};

const pass = (
  { method, url, headers }: IncomingMessage,
  body: Buffer,
  response: ServerResponse,
  to: string,
  violations: string[],
): void => {
  const onward = call(`${to}${url}`, { ...(method && { method }), headers }, (answer) => {
    note(violations, answer.headers['sl-violations']?.toString());
    response.writeHead(answer.statusCode ?? 500, answer.headers);
    answer.pipe(response);
  });
  onward.on('error', () => response.destroy());
  onward.end(body);
};
