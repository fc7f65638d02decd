import { limits } from './limits.ts';
import type { GatewayMetrics } from './metrics.ts';
import { cut, type GatewayServer, maxInFlight, unsent } from './server.ts';

/** What waits when a client is looked at, so that it stays within its bound until the next look. */
const maxBytes = limits.maxUnsentBytesPerClient - limits.unsentBytesBetweenLooks;

/**
 * Ends clients for which more waits than may, in packets or in bytes, so that what one that stopped reading
 * costs stays bounded. It can come back, and asks for what it has missed.
 */
export const endSlowClients = (
  io: GatewayServer,
  { metrics }: { metrics: Pick<GatewayMetrics, 'slowClients' | 'unsentBytes'> },
): void => {
  const regularly = setInterval(() => {
    let waiting = 0;
    for (const socket of io.of('/').sockets.values()) {
      const { packets, bytes } = unsent(socket);
      waiting += bytes;
      const isFit = packets <= limits.maxUnsentPackets + maxInFlight(socket);
      if (isFit && bytes <= maxBytes) continue;
      metrics.slowClients.inc();
      cut(socket);
    }
    metrics.unsentBytes.set(waiting);
  }, limits.slowClientsEveryMs);
  regularly.unref();
};
