import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo, Socket as TcpSocket } from 'node:net';
import type { LiveFeed, LiveTick } from '@carat/protocol';
import { io as connect } from 'socket.io-client';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { encoded } from './encoded.ts';
import { createSocketServer, type GatewayServer } from './server.ts';
import { openVisitors } from './visitors.ts';

const allowance = { socketsPerViewer: 10, socketsPerAddress: 100, claimsPerSecond: 50 };
let io: GatewayServer;
let tcps: TcpSocket[];
let clients: ReturnType<typeof connect>[];

beforeEach(async () => {
  const http = createServer();
  tcps = [];
  http.on('connection', (tcp) => tcps.push(tcp));
  io = createSocketServer(http, { visitors: openVisitors(allowance), allowance, proxies: 0 });
  io.on('connection', (socket) => {
    socket.join('room');
    socket.on('live:missed', (_, answer) => answer(encoded('{"live":"l1","bookings":[]}')));
  });
  await once(http.listen(0, '127.0.0.1'), 'listening');
  const url = `http://127.0.0.1:${(http.address() as AddressInfo).port}`;
  clients = Array.from({ length: 10 }, () => connect(url, { transports: ['websocket'], forceNew: true }));
  await Promise.all(clients.map((client) => once(client as never, 'connect')));
});
afterEach(async () => {
  for (const client of clients) client.disconnect();
  await io.close();
});

const tick = { live: 'l1', totals: { coins: 1 } } as LiveTick;
const feed = { live: 'l1', bookings: [{ viewer: 'v', coins: 1 }] } as LiveFeed;

it('encodes values and bookings once for a whole room, and sends both in one write', async () => {
  let encodings = 0;
  let writes = 0;
  const encode = io.encoder.encode;
  io.encoder.encode = (packet) => {
    encodings++;
    return encode.call(io.encoder, packet);
  };
  for (const tcp of tcps) {
    const uncork = tcp.uncork.bind(tcp);
    tcp.uncork = () => {
      uncork();
      if (tcp.writableCorked === 0) writes++;
    };
  }
  const got = clients.map(async (client) => {
    const [ticks, feeds] = [once(client as never, 'live:tick'), once(client as never, 'live:feed')];
    return [(await ticks)[0], (await feeds)[0]];
  });
  io.to('room').volatile.emit('live:tick', tick);
  io.to('room').emit('live:feed', encoded(JSON.stringify(feed)));
  expect(await Promise.all(got)).toEqual(clients.map(() => [tick, feed]));
  expect(encodings).toBe(2);
  expect(writes).toBe(clients.length);
});

it('answers with what was encoded ahead', async () => {
  const asked = { live: 'l1', after: '1' };
  expect(await clients[0]!.emitWithAck('live:missed', asked)).toEqual({ live: 'l1', bookings: [] });
});
