import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createAuth, createMetrics, localJwtSecret, signToken } from '@carat/service-kit';
import { io as connect, type Socket } from 'socket.io-client';
import { afterEach, expect, it } from 'vitest';
import { admitSockets } from './admission.ts';
import { createGatewayMetrics } from './metrics.ts';
import { sendAway } from './sending-away.ts';
import { createSocketServer, type GatewayServer } from './server.ts';
import { type Doors, openVisitors } from './visitors.ts';

type Gate = { io: GatewayServer; url: string; closing: boolean };
let gate: Gate;
let clients: Socket[] = [];

const openGate = async (more: Partial<Omit<Doors, 'visitors'>> = {}): Promise<void> => {
  const allowance = { socketsPerViewer: 1_000, socketsPerAddress: 3, claimsPerSecond: 50 };
  const doors: Doors = {
    allowance,
    origins: undefined,
    proxies: 0,
    ...more,
    visitors: openVisitors(allowance),
  };
  const http = createServer();
  const io = createSocketServer(http, doors);
  const auth = createAuth({ CARAT_JWT_SECRET: localJwtSecret });
  const metrics = createGatewayMetrics(createMetrics('test'));
  admitSockets(io, { auth, doors, metrics }, () => gate.closing);
  await once(http.listen(0, '127.0.0.1'), 'listening');
  gate = { io, url: `http://127.0.0.1:${(http.address() as AddressInfo).port}`, closing: false };
};

afterEach(async () => {
  for (const client of clients) client.disconnect();
  clients = [];
  await gate.io.close();
});

const token = await signToken({ sub: 'v', roles: ['viewer'], ttlSeconds: 60 }, localJwtSecret);

const enter = async (extraHeaders: Record<string, string> = {}, auth: object = { token }) => {
  const settings = { transports: ['websocket'], forceNew: true, reconnection: false };
  const client = connect(gate.url, { ...settings, auth, extraHeaders });
  clients.push(client);
  await new Promise<void>((resolve, reject) => {
    client.once('connect', () => resolve());
    client.once('connect_error', reject);
  });
  return { end: () => client.disconnect(), ended: once(client as never, 'disconnect') };
};

it('lets in pages of the origins that are named, and what is no page', async () => {
  await openGate({ origins: ['https://a.example'] });
  await enter();
  await enter({ origin: 'https://a.example' });
  await expect(enter({ origin: 'https://b.example' })).rejects.toMatchObject({
    message: expect.stringMatching(/https:\/\/b\.example .*CARAT_ALLOWED_ORIGINS/),
    data: { refused: 'forbidden', retry: false },
  });
});

it('lets an address have so many connections, told apart behind a proxy', async () => {
  await openGate({ proxies: 1 });
  const from = (address: string) => enter({ 'x-forwarded-for': `198.51.100.9, ${address}` });
  const first = await from('192.0.2.1');
  await Promise.all([from('192.0.2.1'), from('192.0.2.1')]);
  const refused = { data: { refused: 'too_many_connections', retryAfterMs: expect.any(Number) } };
  await expect(from('192.0.2.1')).rejects.toMatchObject(refused);
  await from('192.0.2.2');
  first.end();
  const again = () =>
    from('192.0.2.1').then(
      () => true,
      () => false,
    );
  await expect.poll(again).toBe(true);
});

it('does not even answer an address that opens connections without saying who it is', async () => {
  await openGate();
  const url = `${gate.url.replace('http', 'ws')}/socket.io/?EIO=4&transport=websocket`;
  const silent = await Promise.all(
    Array.from({ length: 9 }, async () => {
      const socket = new WebSocket(url);
      const opened = once(socket, 'open').then(() => true);
      return { socket, open: await Promise.race([opened, once(socket, 'error').then(() => false)]) };
    }),
  );
  expect(silent.filter(({ open }) => open)).toHaveLength(6);
  for (const { socket } of silent) socket.close();
});

it('ends the connection of who is not let in', async () => {
  await openGate();
  await expect(enter({}, {})).rejects.toMatchObject({ data: { refused: 'unauthenticated' } });
  await expect.poll(() => gate.io.engine.clientsCount).toBe(0);
});

it('lets nobody in while it closes, and sends away who is there, not all at once', async () => {
  await openGate({ allowance: { socketsPerViewer: 1_000, socketsPerAddress: 1_000, claimsPerSecond: 50 } });
  const here = await Promise.all(Array.from({ length: 90 }, () => enter()));
  const ends = here.map(async ({ ended }) => {
    const [reason] = await ended;
    return { reason, at: performance.now() };
  });
  gate.closing = true;
  await expect(enter()).rejects.toMatchObject({ data: { refused: 'overloaded' } });
  await sendAway(gate.io);
  const ended = await Promise.all(ends);
  // What a client takes for a cut, after which it connects again by itself.
  expect(new Set(ended.map(({ reason }) => reason))).toEqual(new Set(['transport close']));
  const times = ended.map(({ at }) => at).sort((a, b) => a - b);
  const pauses = times.slice(1).filter((at, n) => at - times[n]! > 10);
  expect(pauses.length).toBeGreaterThanOrEqual(3);
});
