import { setTimeout as pause } from 'node:timers/promises';
import { limits } from './limits.ts';
import { cut, type GatewayServer, type GatewaySocket } from './server.ts';

/**
 * Sends all clients away, in random order, a slice after another at uneven distances: the gateways that they
 * go to are not overrun. Who is in the next slice makes no more claims, so that those it made are answered
 * before it goes. A client takes its end for a cut and connects again by itself.
 */
export const sendAway = async (io: GatewayServer): Promise<void> => {
  const sockets = shuffle([...io.of('/').sockets.values()]);
  const slices = limits.sendAwayMs / limits.sendAwaySliceMs;
  const size = Math.max(limits.minSentAwayAtOnce, Math.ceil(sockets.length / slices));
  for (let n = 0; n < sockets.length; n += size) {
    const slice = sockets.slice(n, n + size);
    for (const socket of slice) socket.data.leaving = true;
    await pause(limits.sendAwaySliceMs * (0.5 + Math.random()));
    // Towards the client a connection that ends, not a server that wants no more of it.
    for (const socket of slice) socket.conn.close();
  }
  await pause(limits.sendAwaySliceMs);
  for (const socket of io.of('/').sockets.values()) cut(socket);
};

const shuffle = (sockets: GatewaySocket[]): GatewaySocket[] => {
  for (let n = sockets.length - 1; n > 0; n--) {
    const other = Math.floor(Math.random() * (n + 1));
    [sockets[n], sockets[other]] = [sockets[other]!, sockets[n]!];
  }
  return sockets;
};
