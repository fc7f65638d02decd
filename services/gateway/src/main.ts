import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { logCreated } from '@carat/domain';
import { appendSurely, openEventStore } from '@carat/event-store';
import { connectRedis, createReader, subscribeToUnit } from '@carat/read-models';
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
import { readConfig } from './config.ts';
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
  const subscriber = connectRedis(config.REDIS_URL, log);
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
  const io = createSocketServer(http);
  const wallets = openWallets({ store, reference, clock, log, metrics, unfit });
  const rooms = openRooms({ io, reader: createReader(redis), log, metrics });
  reference.onLiveEnded(rooms.end);
  reference.onSwapped(wallets.forgetAll);
  reference.onSwapped(rooms.reset);
  const unit = await subscribeToUnit(subscriber, 'creators', rooms.take, rooms.watched);
  const serving = serveSockets(io, { auth, clock, log, metrics, reference, rooms, wallets });

  http.listen(config.CARAT_GATEWAY_PORT, config.CARAT_HOST);
  await once(http, 'listening');
  log.info({ port: (http.address() as AddressInfo).port }, 'the gateway takes gifts');

  return {
    log,
    close: [
      ['readiness', () => health.drain()],
      ['claims', () => serving.drain()],
      ['sockets', () => io.close()],
      ['rooms', () => rooms.close()],
      ['numbers', () => unit.close()],
      ['clock check', () => clockCheck.close()],
      ['reference', () => reference.close()],
      ['event store', () => store.close()],
      ['redis', () => [redis, subscriber].forEach((client) => void client.disconnect())],
    ],
  };
});
