import type { Server as HttpServer, IncomingMessage } from 'node:http';
import type { ClientToServer, ServerToClient } from '@carat/protocol';
import type { Identity } from '@carat/service-kit';
import { type DefaultEventsMap, Server, type Socket } from 'socket.io';
import { gatherFrames } from './frames.ts';
import { limits } from './limits.ts';
import { keepPace, type Pace } from './pace.ts';

/** What the gateway knows of a socket. */
export type SocketData = {
  who: Identity;
  inFlight: number;
  watched: Set<string>;
  expiry: NodeJS.Timeout | undefined;
};
export type GatewayServer = Server<ClientToServer, ServerToClient, DefaultEventsMap, SocketData>;
export type GatewaySocket = Socket<ClientToServer, ServerToClient, DefaultEventsMap, SocketData>;

/** What of an Engine.IO socket is needed here; WebSocket is the only transport. */
type EngineSocket = {
  request: IncomingMessage | null;
  readonly transport: {
    readonly socket: Parameters<typeof gatherFrames>[0] & Parameters<typeof keepPace>[0];
  };
  readonly writeBuffer: readonly unknown[];
  on(event: 'packet', listener: () => void): void;
};

const paces = new WeakMap<object, Pace>();

/** A service speaks for many viewers, so it may speak faster than one. */
export const raisePace = ({ conn }: GatewaySocket): void =>
  paces.get(conn)?.raise(limits.maxServiceMessagesPerSecond);

/** Packets that wait for a client to read. */
export const unsentPackets = ({ conn }: GatewaySocket): number =>
  (conn as unknown as EngineSocket).writeBuffer.length;

/** A Socket.IO server as Carat needs it: WebSocket only, small messages. */
export const createSocketServer = (http: HttpServer): GatewayServer => {
  const io: GatewayServer = new Server(http, {
    transports: ['websocket'],
    serveClient: false,
    maxHttpBufferSize: limits.maxMessageBytes,
    connectTimeout: limits.connectTimeoutMs,
  });
  io.engine.on('connection', (raw: EngineSocket) => {
    gatherFrames(raw.transport.socket, raw.request!.socket);
    const pace = keepPace(raw.transport.socket);
    paces.set(raw, pace);
    raw.on('packet', pace.count);
    // The upgrade request is as large as the rest of a socket, and nobody asks for it again.
    raw.request = null;
  });
  return io;
};
