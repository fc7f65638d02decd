import { AsyncLocalStorage } from 'node:async_hooks';
import { subscribe } from 'node:diagnostics_channel';
import type { Socket } from 'node:net';

/** The network between each client of this process and the world. */
export type Network = {
  /** Runs what makes a client: all connections that come of it, at any time, are that client's. */
  of<T>(client: number, make: () => T): T;
  /** Resets the client's connections, and every one that it makes until it is restored. */
  cut(client: number): void;
  restore(client: number): void;
  /** Lets the client read nothing more from the connections that it has. @returns what goes on */
  stall(client: number): () => void;
};

/**
 * Without a proxy between, which would cost as much as the server that is measured: Node tells of every
 * connection that is made, and an asynchronous context of who made it.
 */
export const openNetwork = (): Network => {
  const current = new AsyncLocalStorage<number>();
  const connections = new Map<number, Set<Socket>>();
  const isCut = new Set<number>();

  const connectionsOf = (client: number): Set<Socket> => {
    const known = connections.get(client) ?? new Set();
    connections.set(client, known);
    return known;
  };

  subscribe('net.client.socket', (message) => {
    const { socket } = message as { socket: Socket };
    const client = current.getStore();
    if (client === undefined) return;
    // Not before it has begun to connect: that would bring it back to life.
    if (isCut.has(client)) process.nextTick(() => socket.destroy(new Error('There is no network.')));
    const own = connectionsOf(client);
    own.add(socket);
    socket.once('close', () => own.delete(socket));
  });

  return {
    of: (client, make) => current.run(client, make),
    cut(client) {
      isCut.add(client);
      current.run(client, () => {
        for (const socket of connectionsOf(client)) socket.resetAndDestroy();
      });
    },
    restore: (client) => void isCut.delete(client),
    stall(client) {
      const stalled = [...connectionsOf(client)];
      for (const socket of stalled) socket.pause();
      return () => {
        for (const socket of stalled) socket.resume();
      };
    },
  };
};
