import { once } from 'node:events';
import { createServer } from 'node:net';

/**
 * Below every system's range for outgoing connections (Linux: from 32,768, macOS: from 49,152): a server that
 * is killed and restarted never finds its port taken by a client that was just then trying to reach it.
 */
const firstPort = 20_000;
const lastPort = 32_000;
const maxTries = 200;

/** True where nobody listens on the port of this machine, and this user may. */
export const isFree = async (port: number, host = '127.0.0.1'): Promise<boolean> => {
  const server = createServer();
  try {
    server.listen({ port, host, exclusive: true });
    await once(server, 'listening');
    return true;
  } catch {
    return false;
  } finally {
    server.close();
  }
};

/** As many free ports of 127.0.0.1 as asked for, all different. */
export const findFreePorts = async (howMany: number): Promise<number[]> => {
  const found = new Set<number>();
  for (let tries = 0; tries < maxTries && found.size < howMany; tries += 1) {
    const port = firstPort + Math.floor(Math.random() * (lastPort - firstPort));
    if (!found.has(port) && (await isFree(port))) found.add(port);
  }
  if (found.size < howMany) throw new Error(`no ${howMany} free ports between ${firstPort} and ${lastPort}`);
  return [...found];
};
