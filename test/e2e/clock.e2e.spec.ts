import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { findFreePorts, projectRoot } from '@carat/local';
import { io } from 'socket.io-client';
import { v7 } from 'uuid';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { raiseStage, type Stage } from './stage.ts';

const hour = 3_600_000;

let stage: Stage;

beforeAll(async () => {
  stage = await raiseStage();
});
afterAll(() => stage.stop());

it('a gateway whose clock is wrong is never ready and books nothing, from its first claim on', async () => {
  const { live, gift } = await stage.openLive();
  await stage.grant('tom', 10);
  const [port] = await findFreePorts(1);
  const { eventStore, redisUrl, secret } = stage.system;
  const gateway = spawn(process.execPath, [join(projectRoot, 'services/gateway/src/main.ts')], {
    env: {
      ...process.env,
      CARAT_CLOCK_OFFSET: String(2 * hour),
      CARAT_GATEWAY_PORT: String(port),
      CARAT_EVENT_STORE: eventStore,
      REDIS_URL: redisUrl,
      CARAT_JWT_SECRET: secret,
    },
    stdio: 'ignore',
  });
  try {
    const url = `http://127.0.0.1:${port}`;
    const socket = io(url, {
      transports: ['websocket'],
      auth: { token: await stage.token('viewer', 'tom') },
    });
    await new Promise((resolve) => socket.once('welcome', resolve));
    const claim = { combo: v7({ msecs: Date.now() + 2 * hour }), live, gift, count: 1 };
    expect(await socket.emitWithAck('gift:send', claim)).toMatchObject({
      refused: 'overloaded',
      retry: true,
    });
    const ready = await fetch(`${url}/readyz`);
    expect(ready.status).toBe(503);
    expect(await ready.json()).toMatchObject({ checks: { clock: expect.stringMatching(/7200 s ahead/) } });
    socket.disconnect();
  } finally {
    gateway.kill('SIGKILL');
  }
  expect(await stage.ask('GET', '/wallets/tom')).toMatchObject({ balance: 10 });
  const healthy = await stage.join('viewer', 'tom');
  expect(await healthy.claim({ combo: v7(), live, gift, count: 1 })).toMatchObject({ balance: 9 });
});
