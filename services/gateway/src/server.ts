import type { Server as HttpServer, IncomingMessage } from 'node:http';
import type { ClientToServer, ServerToClient } from '@carat/protocol';
import type { Identity } from '@carat/service-kit';
import { type DefaultEventsMap, Server, type Socket } from 'socket.io';
import { addressOf } from './address.ts';
import { sendEncoded } from './encoded.ts';
import { type FrameSocket, gatherFrames } from './frames.ts';
import { limits } from './limits.ts';
import { keepPace, type Pace } from './pace.ts';
import type { Doors } from './visitors.ts';

/** What the gateway knows of a socket. */
export type SocketData = {
  who: Identity;
  inFlight: number;
  /** Pages of missed bookings being read for it. */
  reading: number;
  /** It is about to be sent away. */
  leaving: boolean;
  /** The lives it watches, and whose they are; undefined while that is being read. */
  watched: Map<string, string | undefined>;
  expiry: NodeJS.Timeout | undefined;
};
export type GatewayServer = Server<ClientToServer, ServerToClient, DefaultEventsMap, SocketData>;
export type GatewaySocket = Socket<ClientToServer, ServerToClient, DefaultEventsMap, SocketData>;

/** What of an Engine.IO socket is needed here; WebSocket is the only transport. */
type EngineSocket = {
  request: IncomingMessage | null;
  readonly remoteAddress: string;
  readonly transport: {
    readonly writable: boolean;
    readonly socket: FrameSocket &
      Parameters<typeof keepPace>[0] & { readonly bufferedAmount: number; terminate(): void };
  };
  readonly writeBuffer: readonly { readonly data?: string }[];
  on(event: 'packet' | 'close', listener: () => void): void;
};

const engineOf = ({ conn }: GatewaySocket): EngineSocket => conn as unknown as EngineSocket;

const isService = ({ data }: GatewaySocket): boolean => data.who.roles.includes('service');

/** Claims of a socket that may wait for their answer. */
export const maxInFlight = (socket: GatewaySocket): number =>
  isService(socket) ? limits.maxClaimsInFlightPerService : limits.maxClaimsInFlightPerViewer;

/** Where a connection comes from, and how fast it may speak. */
type Arrival = { readonly address: string; readonly origin: string | undefined; readonly pace: Pace };
const arrivals = new WeakMap<object, Arrival>();

/** A service speaks for many viewers, so it may speak faster than one. */
export const raisePace = ({ conn }: GatewaySocket): void =>
  arrivals.get(conn)?.pace.raise(limits.maxServiceMessagesPerSecond);

/** The address that connects, and the origin of the page that does so where it is one. */
export const cameFrom = ({ conn }: GatewaySocket): Omit<Arrival, 'pace'> => arrivals.get(conn)!;

/** What waits for a client to read: packets that were not handed to TCP, and bytes in all. */
export const unsent = (socket: GatewaySocket): { packets: number; bytes: number } => {
  const { transport, writeBuffer } = engineOf(socket);
  let bytes = transport.socket.bufferedAmount;
  for (const { data } of writeBuffer) bytes += data?.length ?? 0;
  return { packets: writeBuffer.length, bytes };
};

/** Whether values would be dropped for a client, as too much waits for it. */
export const isBehind = (socket: GatewaySocket): boolean => !engineOf(socket).transport.writable;

/** How many clients in a room values would be dropped for. */
export const countBehind = (io: GatewayServer, room: string): number => {
  const { adapter, sockets } = io.of('/');
  let behind = 0;
  for (const id of adapter.rooms.get(room) ?? []) {
    const socket = sockets.get(id);
    if (socket && isBehind(socket)) behind++;
  }
  return behind;
};

/** Ends a connection at once, whatever waits on it, and frees what it held. */
export const cut = (socket: GatewaySocket): void => engineOf(socket).transport.socket.terminate();

/** A Socket.IO server as Carat needs it: WebSocket only, small messages, connections counted by address. */
export const createSocketServer = (
  http: HttpServer,
  { visitors: { addresses }, allowance, proxies }: Omit<Doors, 'origins'>,
): GatewayServer => {
  const maxConnections = limits.maxUnadmittedFactor * allowance.socketsPerAddress;
  const io: GatewayServer = new Server(http, {
    transports: ['websocket'],
    serveClient: false,
    maxHttpBufferSize: limits.maxMessageBytes,
    connectTimeout: limits.connectTimeoutMs,
    allowRequest: ({ socket, headers }, answer) => {
      const address = addressOf(socket.remoteAddress, headers, proxies);
      answer('This address has too many connections.', addresses.count(address) < maxConnections);
    },
  });
  sendEncoded(io);
  io.engine.on('connection', (raw: EngineSocket) => {
    const { headers, socket } = raw.request!;
    const address = addressOf(raw.remoteAddress, headers, proxies);
    addresses.enter(address);
    raw.on('close', () => addresses.leave(address));
    gatherFrames(raw.transport.socket, socket);
    const pace = keepPace(raw.transport.socket);
    arrivals.set(raw, { address, origin: headers.origin, pace });
    raw.on('packet', pace.count);
    // The upgrade request is as large as the rest of a socket, and nobody asks for it again.
    raw.request = null;
  });
  return io;
};
