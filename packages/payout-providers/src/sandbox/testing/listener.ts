import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { WebhookMessage } from '../../port.ts';

export type Listener = {
  readonly url: string;
  /** The status that is answered from now on. */
  answer(status: number): void;
  /** All messages that came so far. */
  messages(): readonly WebhookMessage[];
  close(): Promise<void>;
};

/** A place where webhooks are told. */
export const listen = async (): Promise<Listener> => {
  const messages: WebhookMessage[] = [];
  let status = 204;
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const headers = Object.fromEntries(
      Object.entries(request.headers).map(([name, value]) => [name, String(value)]),
    );
    messages.push({ headers, body: Buffer.concat(chunks) });
    response.writeHead(status).end();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    answer: (next) => {
      status = next;
    },
    messages: () => messages,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
};
