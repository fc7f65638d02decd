import type { Server as HttpServer } from 'node:http';
import type { ClientToServer, ServerToClient } from '@carat/protocol';
import type { Identity } from '@carat/service-kit';
import { type DefaultEventsMap, Server, type Socket } from 'socket.io';
import { limits } from './limits.ts';

/** What the gateway knows of a socket. */
export type SocketData = {
  who: Identity;
  inFlight: number;
  watched: Set<string>;
  expiry: NodeJS.Timeout | undefined;
};
export type GatewayServer = Server<ClientToServer, ServerToClient, DefaultEventsMap, SocketData>;
export type GatewaySocket = Socket<ClientToServer, ServerToClient, DefaultEventsMap, SocketData>;

/** A Socket.IO server as Carat needs it: WebSocket only, small messages. */
export const createSocketServer = (http: HttpServer): GatewayServer => {
  const io: GatewayServer = new Server(http, {
    transports: ['websocket'],
    serveClient: false,
    maxHttpBufferSize: limits.maxMessageBytes,
    connectTimeout: limits.connectTimeoutMs,
  });
  // The upgrade request is as large as the rest of a socket, and nobody asks for it again.
  io.engine.on('connection', (raw: { request: unknown }) => {
    raw.request = null;
  });
  return io;
};
