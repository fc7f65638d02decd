import { type AddressInfo, createServer, type Server as Listener, type Socket } from 'node:net';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { Server, ServerCredentials } from '@grpc/grpc-js';
import { Faults, type Member } from './faults.ts';
import { Log } from './log.ts';
import { type Life, type Node, newLife } from './node.ts';
import { services } from './services.ts';

export type DoubleOptions = {
  /** 0 takes a free one. */
  readonly port?: number;
  /** What the server says it is. Default: 26.0.3. */
  readonly version?: string;
  /** Whether it serves appends of records (26.0 does). Default: true. */
  readonly appendRecords?: boolean;
  /** Byte offset of the first record. */
  readonly firstPosition?: number;
  /** A log to answer from, instead of a fresh one. */
  readonly log?: Log;
};

export type Double = {
  readonly url: string;
  readonly port: number;
  readonly faults: Faults;
  /** What is stored, in log order, to look at and to alter by hand. */
  readonly log: Log;
  isRunning(): boolean;
  /** Ends in order: appends that have begun are written, then every call ends. */
  stop(): Promise<void>;
  /** Cuts every connection at once, as kill -9 would. What was written stays. */
  kill(): Promise<void>;
  /** On the same port, with the same log. What only memory held is gone. */
  restart(): Promise<void>;
  /** Cuts every connection, and goes on. */
  cut(): void;
  /** An empty log, as a fresh server. */
  clear(): void;
};

/** What a cluster tells one of its nodes. */
export type Membership = { readonly members: () => readonly Member[] };

/** Starts a server that speaks KurrentDB's protocol and keeps its log in memory: for tests only. */
export const startDouble = async (options: DoubleOptions = {}, membership?: Membership): Promise<Double> => {
  const faults = new Faults();
  const now = () => Date.now() + faults.clockSkewMs;
  const log = options.log ?? new Log({ now, firstPosition: options.firstPosition ?? 0 });
  let port = options.port ?? 0;
  const alone = () => [{ host: '127.0.0.1', port, leads: true, isAlive: true }];
  const members = membership?.members ?? alone;
  const node = (life: Life, cut: Node['cut']): Node => ({
    log,
    faults,
    version: options.version ?? '26.0.3',
    appendRecords: options.appendRecords ?? true,
    life,
    now,
    members,
    otherLeader: () => members().find((member) => member.leads && member.port !== port),
    cut,
  });

  let running = await run(node, port);
  port = running.port;
  return {
    url: `kurrentdb://127.0.0.1:${port}?tls=false`,
    port,
    faults,
    log,
    isRunning: () => !running.life.isOver,
    stop: () => running.stop(),
    kill: () => running.kill(),
    restart: async () => {
      await running.kill();
      log.forgetRecent();
      running = await run(node, port);
    },
    cut: () => running.cut(),
    clear: () => log.clear(),
  };
};

type Running = {
  readonly port: number;
  readonly life: Life;
  stop(): Promise<void>;
  kill(): Promise<void>;
  cut(): void;
};

/** One life of the double: it owns its sockets, so that it can cut any of them. */
const run = async (node: (life: Life, cut: Node['cut']) => Node, port: number): Promise<Running> => {
  const life = newLife();
  const sockets = new Set<Socket>();
  const cutAll = () => {
    for (const socket of sockets) socket.resetAndDestroy();
  };
  const cutOne = async (peer: string) => {
    // What was sent before the cut gets out first.
    await nextTurn();
    for (const socket of sockets) if (peer.endsWith(`:${socket.remotePort}`)) socket.destroySoon();
  };
  const self = node(life, cutOne);
  const server = new Server({ 'grpc.max_receive_message_length': 17 * 1024 * 1024 });
  for (const [definition, handlers] of services(self)) server.addService(definition, handlers);
  const injector = server.createConnectionInjector(ServerCredentials.createInsecure());
  const listener = createServer({ noDelay: true }, (socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => {});
    if (self.faults.connections === 'refused') socket.resetAndDestroy();
    else if (self.faults.connections === 'answered') injector.injectConnection(socket);
  });
  await listen(listener, port);
  const kill = async () => {
    if (life.isOver) return;
    life.isOver = true;
    const closed = new Promise<void>((resolve) => listener.close(() => resolve()));
    cutAll();
    server.forceShutdown();
    await closed;
  };
  const stop = async () => {
    await life.writer;
    // What has been answered gets out first.
    await nextTurn();
    await kill();
  };
  return { port: (listener.address() as AddressInfo).port, life, stop, kill, cut: cutAll };
};

const listen = (listener: Listener, port: number): Promise<void> =>
  new Promise((resolve, reject) => {
    listener.once('error', reject);
    listener.listen(port, '127.0.0.1', () => resolve());
  });
