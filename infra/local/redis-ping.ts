import { connect as connectPlain } from 'node:net';
import { connect as connectSecure } from 'node:tls';

/** What came of a PING: it answers, it loads its data, or there is a reason why not. */
export type Ping = 'pong' | 'loading' | { readonly failed: string };

const maxPingMs = 1_000;
const maxReplyChars = 1_000;

/**
 * Asks whether a Redis answers, over a plain (or TLS) socket and without a client of its own.
 * One that wants a password first counts as answering: the services bring it with the address.
 */
export const pingRedis = (url: string, timeoutMs = maxPingMs): Promise<Ping> =>
  new Promise((resolve) => {
    const { protocol, hostname, port } = new URL(url);
    const address = { host: hostname.replace(/^\[|\]$/g, '') || '127.0.0.1', port: Number(port) || 6379 };
    const socket =
      protocol === 'rediss:'
        ? connectSecure({ ...address, servername: address.host })
        : connectPlain({ ...address });
    let reply = '';
    const answer = (ping: Ping): void => {
      socket.destroy();
      resolve(ping);
    };
    socket.setTimeout(timeoutMs, () => answer({ failed: `no answer within ${timeoutMs} ms` }));
    socket.once('error', (error: NodeJS.ErrnoException) => answer({ failed: error.code ?? error.message }));
    socket.once('close', () => answer({ failed: 'it hung up' }));
    socket.setEncoding('utf8');
    socket.on('data', (text: string) => {
      reply += text;
      if (!reply.includes('\r\n') && reply.length < maxReplyChars) return;
      if (reply.startsWith('+PONG') || reply.startsWith('-NOAUTH')) answer('pong');
      else if (reply.startsWith('-LOADING') || reply.startsWith('-BUSY')) answer('loading');
      else answer({ failed: `it is no Redis: "${reply.slice(0, 40).trim()}"` });
    });
    socket.write('PING\r\n');
  });
