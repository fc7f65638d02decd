import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { logCreated } from '@carat/domain';
import { appendSurely, openEventStore } from '@carat/event-store';
import { connectRedis, createReader, subscribeToCreators } from '@carat/read-models';
import {
  answerOps,
  createAuth,
  createClock,
  createHealth,
  createLogger,
  createMetrics,
  runService,
  startClockCheck,
} from '@carat/service-kit';
import { doorsOf, readConfig } from './config.ts';
import { limits } from './limits.ts';
import { createGatewayMetrics } from './metrics.ts';
import { openReference } from './reference.ts';
import { openRooms } from './rooms.ts';
import { createSocketServer } from './server.ts';
import { serveSockets } from './sockets.ts';
import { openWallets } from './wallets.ts';

await runService('gateway', async () => {
  const config = readConfig();
  const log = createLogger({ service: 'gateway', level: config.LOG_LEVEL });
  const clock = createClock(config.CARAT_CLOCK_OFFSET);
  const all = createMetrics('gateway');
  const metrics = createGatewayMetrics(all);
  const health = createHealth();
  const auth = createAuth(config);

  const store = await openEventStore(config.CARAT_EVENT_STORE);
  await appendSurely(store, [logCreated(randomUUID(), randomUUID())]);
  const reference = await openReference({ store, log });

  const redis = connectRedis(config.REDIS_URL, log);
  const subscriber = connectRedis(config.REDIS_URL, log, { subscribes: true });
  const clockCheck = await startClockCheck({ clock, redis, store });
  const silence = () =>
    reference.silenceMs() > limits.maxSilenceMs ? 'nothing has been heard from the log for 5 s' : undefined;
  const unfit = () => silence() ?? clockCheck.fault();
  health.add('log', silence);
  health.add('clock', clockCheck.fault);
  health.add('keys', auth.check);

  const http = createServer((request, response) => {
    if (!answerOps(request, response, { health, metrics: all })) response.writeHead(404).end();
  });
  const doors = doorsOf(config);
  const io = createSocketServer(http, doors);
  const wallets = openWallets({ store, reference, clock, log, metrics, unfit });
  const rooms = openRooms({ io, reader: createReader(redis), reference, log, metrics });
  reference.onSwapped(wallets.forgetAll);
  const units = await subscribeToCreators(subscriber, rooms.listener);
  const serving = serveSockets(io, { auth, clock, doors, log, metrics, reference, rooms, wallets });

  http.listen(config.CARAT_GATEWAY_PORT, config.CARAT_HOST);
  await once(http, 'listening');
  log.info({ port: (http.address() as AddressInfo).port }, 'the gateway takes gifts');

  return {
    log,
    close: [
      ['readiness', () => health.drain()],
      ['clients', () => serving.sendAway()],
      ['claims', () => serving.drain()],
      ['sockets', () => io.close()],
      ['rooms', () => rooms.close()],
      ['numbers', () => units.close()],
      ['clock check', () => clockCheck.close()],
      ['reference', () => reference.close()],
      ['event store', () => store.close()],
      ['redis', () => [redis, subscriber].forEach((client) => void client.disconnect())],
    ],
  };
});
