import { once } from 'node:events';
import { connect as connectTcp } from 'node:net';
import { v7 } from 'uuid';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { raiseStage, type Stage } from './stage.ts';

let stage: Stage;

beforeAll(async () => {
  stage = await raiseStage();
});
afterAll(() => stage.stop());

/** A WebSocket that speaks Engine.IO by hand, so that it may say anything. */
const openRaw = async (token?: string): Promise<WebSocket> => {
  const url = `${stage.system.gatewayUrls[0]!.replace('http', 'ws')}/socket.io/?EIO=4&transport=websocket`;
  const socket = new WebSocket(url);
  await once(socket, 'open');
  if (token !== undefined) socket.send(`40${JSON.stringify({ token })}`);
  return socket;
};

const deep = `${'['.repeat(5_000)}${']'.repeat(5_000)}`;

const nonsense: readonly (string | Uint8Array<ArrayBuffer>)[] = [
  'garbage',
  '',
  '9',
  '4',
  '42',
  '42[',
  '42{}',
  '42[]',
  '42["gift:send"]',
  '420["gift:send"]',
  '421["gift:send",null]',
  '422["gift:send",{"__proto__":{"count":1}}]',
  '423["gift:send",{"combo":{"toString":1},"live":[],"gift":9,"count":"1e3"}]',
  `424["gift:send",${deep}]`,
  '425["live:watch",{"live":"../../etc"}]',
  '426["live:watch",{"live":"{creators}"}]',
  '427["token:renew",{"token":{}}]',
  '428["constructor","x"]',
  '429["__proto__","x"]',
  '42["disconnect"]',
  '451-["gift:send",{"_placeholder":true,"num":0}]',
  '40/admin,{}',
  '41',
  new Uint8Array([1, 2, 3]),
  new Uint8Array(20_000),
  `42["gift:send","${'x'.repeat(20_000)}"]`,
];

it('nothing that a client sends stops or slows the gateway for others', { timeout: 60_000 }, async () => {
  const { live, gift } = await stage.openLive();
  await stage.grant('honest', 10_000);
  const honest = await stage.join('viewer', 'honest');
  const gateway = stage.system.process('gateway');
  const token = await stage.token('viewer', 'hostile');
  let hostile = true;

  const attack = async (speak: (socket: WebSocket) => void): Promise<void> => {
    while (hostile) {
      const socket = await openRaw(token).catch(() => undefined);
      if (!socket) continue;
      speak(socket);
      await once(socket, 'close', { signal: AbortSignal.timeout(300) }).catch(() => undefined);
      socket.close();
    }
  };
  const flood = async (): Promise<void> => {
    const socket = await openRaw(token);
    while (hostile && socket.readyState === WebSocket.OPEN) {
      for (let n = 0; n < 200; n++) socket.send(`42${n}["gift:send",{"count":${n}}]`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    socket.close();
  };
  const attacks = [
    ...nonsense.map((said) => attack((socket) => socket.send(said))),
    attack((socket) => {
      for (const said of nonsense) if (socket.readyState === WebSocket.OPEN) socket.send(said);
    }),
    flood(),
    flood(),
  ];
  const halfOpen = Array.from({ length: 20 }, () => {
    const socket = connectTcp(Number(new URL(stage.system.gatewayUrls[0]!).port), '127.0.0.1');
    socket.on('error', () => undefined);
    socket.write('GET /socket.io/?EIO=4 HTTP/1.1\r\nHost: x\r\nUpgrade: web');
    return socket;
  });

  const waits: number[] = [];
  const until = performance.now() + 5_000;
  let sent = 0;
  while (performance.now() < until) {
    const sentAt = performance.now();
    await honest.claim({ combo: v7(), live, gift, count: 1 });
    waits.push(performance.now() - sentAt);
    sent++;
  }
  hostile = false;
  await Promise.all(attacks);
  for (const socket of halfOpen) socket.destroy();

  expect(gateway.starts).toBe(1);
  // An honest claim waits for nobody's: far below the time in which a client would send it again.
  expect(Math.max(...waits)).toBeLessThan(2_000);
  expect(sent).toBeGreaterThan(10);
  expect(await stage.ask('GET', '/wallets/honest')).toMatchObject({ balance: 10_000 - sent });
  expect((await fetch(`${stage.system.gatewayUrls[0]}/readyz`)).status).toBe(200);
});

const memoryOf = async (): Promise<number> => {
  const metrics = await (await fetch(`${stage.system.gatewayUrls[0]}/metrics`)).text();
  return Number(/^process_resident_memory_bytes\{[^}]*\} (\S+)$/m.exec(metrics)![1]);
};

it('who speaks too fast and never reads costs little, and is slowed down alone', {
  timeout: 60_000,
}, async () => {
  const { live, gift } = await stage.openLive();
  await stage.grant('patient', 10_000);
  const patient = await stage.join('viewer', 'patient');
  const before = await memoryOf();
  const { port } = new URL(stage.system.gatewayUrls[0]!);
  const token = await stage.token('viewer', 'deaf');
  // By hand, on a connection that is never read from.
  const tcp = connectTcp(Number(port), '127.0.0.1');
  tcp.on('error', () => undefined);
  await once(tcp, 'connect');
  tcp.write(
    'GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: x\r\n' +
      'Upgrade: websocket\r\nConnection: Upgrade\r\n' +
      'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n',
  );
  tcp.pause();
  const frame = (text: string): Buffer => {
    const body = Buffer.from(text);
    const head =
      body.length < 126 ? [0x81, 0x80 | body.length] : [0x81, 0xfe, body.length >> 8, body.length & 255];
    return Buffer.concat([Buffer.from([...head, 0, 0, 0, 0]), body]);
  };
  tcp.write(frame(`40${JSON.stringify({ token })}`));
  const nonsense = Buffer.concat(
    Array.from({ length: 500 }, (_, n) => frame(`42${n}["gift:send",{"count":${n}}]`)),
  );
  const waits: number[] = [];
  const until = performance.now() + 5_000;
  while (performance.now() < until) {
    if (tcp.writableLength < 1_000_000) tcp.write(nonsense);
    const sentAt = performance.now();
    await patient.claim({ combo: v7(), live, gift, count: 1 });
    waits.push(performance.now() - sentAt);
  }
  tcp.destroy();
  expect(await memoryOf()).toBeLessThan(before + 100 * 1024 * 1024);
  expect(Math.max(...waits)).toBeLessThan(2_000);
  expect(stage.system.process('gateway').starts).toBe(1);
});
