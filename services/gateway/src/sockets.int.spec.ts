import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setImmediate as turn } from 'node:timers/promises';
import type { KnownLive } from '@carat/domain';
import type { Role } from '@carat/protocol';
import type { Reader } from '@carat/read-models';
import {
  type Auth,
  createAuth,
  createClock,
  createLogger,
  createMetrics,
  localJwtSecret,
  signToken,
} from '@carat/service-kit';
import { io as connect, type Socket } from 'socket.io-client';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createGatewayMetrics } from './metrics.ts';
import type { Reference } from './reference.ts';
import { openRooms, type Rooms } from './rooms.ts';
import { createSocketServer, type GatewayServer, type GatewaySocket } from './server.ts';
import { serveSockets } from './sockets.ts';
import { openVisitors } from './visitors.ts';
import type { Wallets } from './wallets.ts';

const live: KnownLive = {
  ...{ status: 'running', live: 'l1', creator: 'c1', title: null, goal: null },
  ...{ startedAt: 0, endedAt: null, blocked: new Set() },
};
const asOf = { generation: 'g', position: '1' };
const totals = { coins: 1, gifts: 1, senders: 1, millidiamonds: 500 };
const reader = {
  liveNumbers: async () => ({ asOf, totals, board: [] }),
  liveBoard: async () => ({ asOf, entries: [] }),
  liveFeed: async () => ({ asOf, bookings: [], next: null, gap: false }),
} as unknown as Reader;

/** Something slow: who passes is counted, and waits where it is closed. */
const openGate = () => {
  let passed = 0;
  let opened = Promise.withResolvers<void>();
  opened.resolve();
  return {
    passed: () => passed,
    close: () => {
      opened = Promise.withResolvers<void>();
    },
    open: () => opened.resolve(),
    pass: () => {
      passed++;
      return opened.promise;
    },
  };
};

let io: GatewayServer;
let rooms: Rooms;
let url: string;
let auth: Auth;
let clients: Socket[];
let lives: ReturnType<typeof openGate>;
let keys: ReturnType<typeof openGate>;

beforeEach(async () => {
  [lives, keys, clients] = [openGate(), openGate(), []];
  const allowance = { socketsPerViewer: 10, socketsPerAddress: 100, claimsPerSecond: 50 };
  const doors = { visitors: openVisitors(allowance), allowance, proxies: 0, origins: undefined };
  const http = createServer();
  const metrics = createGatewayMetrics(createMetrics('test'));
  const log = createLogger({ service: 'test', level: 'silent' });
  const findLive = async () => {
    await lives.pass();
    return live;
  };
  const reference = { findLive, onLiveChanged() {}, onSwapped() {} } as unknown as Reference;
  const wallets: Pick<Wallets, 'load'> = { load: () => undefined };
  io = createSocketServer(http, doors);
  rooms = openRooms({ io, reader, reference, log, metrics });
  auth = createAuth({ CARAT_JWT_SECRET: localJwtSecret });
  serveSockets(io, {
    ...{ clock: createClock(0), doors, log, metrics, reference, rooms, wallets: wallets as Wallets },
    auth: {
      verify: async (token) => {
        await keys.pass();
        return auth.verify(token);
      },
      check: () => auth.check(),
    },
  });
  await once(http.listen(0, '127.0.0.1'), 'listening');
  url = `http://127.0.0.1:${(http.address() as AddressInfo).port}`;
});
afterEach(async () => {
  for (const client of clients) client.disconnect();
  rooms.close();
  await io.close();
});

const tokenOf = (sub: string, ...roles: Role[]) => signToken({ sub, roles, ttlSeconds: 60 }, localJwtSecret);

const enter = async (sub: string, ...roles: Role[]): Promise<{ client: Socket; socket: GatewaySocket }> => {
  const token = await tokenOf(sub, ...roles);
  const client = connect(url, {
    transports: ['websocket'],
    forceNew: true,
    reconnection: false,
    auth: { token },
  });
  clients.push(client);
  await once(client as never, 'connect');
  return { client, socket: io.of('/').sockets.get(client.id!)! };
};
const goes = async ({ client, socket }: Awaited<ReturnType<typeof enter>>): Promise<void> => {
  const gone = once(socket, 'disconnect');
  client.disconnect();
  await gone;
};
/** Rooms of lives. */
const heard = ({ rooms }: GatewaySocket): string[] => [...rooms].filter((room) => room.includes(':'));

it('does not count who goes while the live is read as a watcher', async () => {
  const viewer = await enter('v', 'viewer');
  lives.close();
  viewer.client.emit('live:watch', { live: 'l1' }, () => undefined);
  await expect.poll(lives.passed).toBe(1);
  await goes(viewer);
  lives.open();
  await turn();
  expect(rooms.listener.isWanted()).toBe(false);
  expect(heard(viewer.socket)).toEqual([]);
});

it('leaves a live that is still being read', async () => {
  const { client, socket } = await enter('v', 'viewer');
  lives.close();
  const watched = client.emitWithAck('live:watch', { live: 'l1' });
  expect(await client.emitWithAck('live:leave', { live: 'l1' })).toEqual({});
  lives.open();
  expect(await watched).toMatchObject({ refused: 'forbidden' });
  expect(rooms.listener.isWanted()).toBe(false);
  expect(heard(socket)).toEqual([]);
  expect(await client.emitWithAck('live:watch', { live: 'l1' })).toMatchObject({ live: 'l1' });
  await goes({ client, socket });
  expect(rooms.listener.isWanted()).toBe(false);
});

it('waits for no token of a socket that has gone', async () => {
  const viewer = await enter('v', 'viewer');
  const { expiry } = viewer.socket.data;
  const before = keys.passed();
  keys.close();
  viewer.client.emit('token:renew', { token: await tokenOf('v', 'viewer') }, () => undefined);
  await expect.poll(keys.passed).toBe(before + 1);
  await goes(viewer);
  keys.open();
  for (let n = 0; n < 20; n++) await turn();
  expect(viewer.socket.data.expiry).toBe(expiry);
});

it('shows what a creator earns to it and to staff alone, as far as the newest token goes', async () => {
  const earned = { numbers: { totals } };
  const { client, socket } = await enter('c1', 'creator');
  expect(await client.emitWithAck('live:watch', { live: 'l1' })).toMatchObject(earned);
  expect(heard(socket)).toEqual(['creator:l1']);
  await client.emitWithAck('token:renew', { token: await tokenOf('c1', 'viewer') });
  expect(heard(socket)).toEqual(['viewers:l1']);
  const again = await client.emitWithAck('live:watch', { live: 'l1' });
  expect(again.numbers.totals).not.toHaveProperty('millidiamonds');
  await client.emitWithAck('token:renew', { token: await tokenOf('c1', 'operator') });
  expect(heard(socket)).toEqual(['creator:l1']);
  const overlay = await enter('overlay');
  const shown = await overlay.client.emitWithAck('live:watch', { live: 'l1' });
  expect(shown.numbers.totals).not.toHaveProperty('millidiamonds');
});

it('asks to come again with the same token while the keys cannot be had', async () => {
  const { client } = await enter('v', 'viewer');
  auth = createAuth({ CARAT_JWT_SECRET: localJwtSecret, CARAT_JWKS_URL: 'http://127.0.0.1:9/jwks.json' });
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const token = `${part({ alg: 'ES256', kid: 'k1' })}.${part({ sub: 'v', exp: 2 ** 31 })}.AAAA`;
  const away = { refused: 'overloaded', retry: true, retryAfterMs: expect.any(Number) };
  expect(await client.emitWithAck('token:renew', { token })).toMatchObject(away);
  const another = connect(url, {
    transports: ['websocket'],
    forceNew: true,
    reconnection: false,
    auth: { token },
  });
  clients.push(another);
  const [error] = await once(another as never, 'connect_error');
  expect(error).toMatchObject({ data: away });
});
