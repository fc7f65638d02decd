import type { Receipt } from '@carat/protocol';
import { v7 } from 'uuid';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { runCarat } from '../e2e/command.ts';
import { raiseStage, type Stage } from '../e2e/stage.ts';

const awayMs = process.env.CARAT_FAULTS === 'whole' ? 30_000 : 4_000;
const viewers = 20;
/** Longer than a claim has ever any reason to wait. */
const maxAnswerMs = 5_000;

let stage: Stage;

beforeAll(async () => {
  stage = await raiseStage();
});
afterAll(() => stage.stop());

it('Redis is away under load: every claim is answered, and the numbers come back exact', {
  timeout: 180_000,
}, async () => {
  const { live, gift } = await stage.openLive({ coins: 3 });
  const clients = await Promise.all(
    Array.from({ length: viewers }, async (_, n) => {
      await stage.grant(`viewer-${n}`, 100_000_000);
      return stage.join('viewer', `viewer-${n}`);
    }),
  );
  let running = true;
  let slowestMs = 0;
  const receipts: Receipt[] = [];
  const loads = clients.map(async (client) => {
    while (running) {
      const sentAt = performance.now();
      receipts.push(await client.claim({ combo: v7(), live, gift, count: 1 + (receipts.length % 4) }));
      slowestMs = Math.max(slowestMs, performance.now() - sentAt);
    }
  });

  await expect.poll(() => receipts.length, { timeout: 10_000 }).toBeGreaterThan(200);
  const before = receipts.length;
  const redis = stage.system.process('redis');
  await redis.kill('SIGSTOP');
  // The outage is of a length of its own, there is nothing to wait for.
  await new Promise((resolve) => setTimeout(resolve, awayMs));
  const during = receipts.length - before;
  await redis.kill('SIGKILL');
  await expect.poll(() => receipts.length, { timeout: 10_000 }).toBeGreaterThan(before + during + 200);
  running = false;
  await Promise.all(loads);

  expect(during).toBeGreaterThan(200);
  expect(slowestMs).toBeLessThan(maxAnswerMs);
  const coins = receipts.reduce((sum, receipt) => sum + receipt.coins, 0);
  await expect
    .poll(async () => (await stage.call('GET', `/lives/${live}/totals`)).body, {
      timeout: 60_000,
      interval: 200,
    })
    .toMatchObject({ coins, senders: viewers });
  expect(await runCarat(stage.system, 'verify')).toMatchObject({ code: 0 });
});
