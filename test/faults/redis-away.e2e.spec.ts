import type { Receipt } from '@carat/protocol';
import { v7 } from 'uuid';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { runCarat } from '../e2e/command.ts';
import { raiseStage, type Stage } from '../e2e/stage.ts';

const awayMs = process.env.CARAT_FAULTS === 'whole' ? 30_000 : 4_000;
const viewers = 20;
/** Gifts of one combo, so that no wallet begins more combos than it may. */
const most = 500;
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
  let answered = 0;
  let slowestMs = 0;
  /** The last receipt of each combo says all that it booked. */
  const receipts = new Map<string, Receipt>();
  const loads = clients.map(async (client) => {
    for (let count = 0, combo = v7(); running; count = count === most ? 0 : count) {
      if (count === 0) combo = v7();
      const sentAt = performance.now();
      receipts.set(combo, await client.claim({ combo, live, gift, count: ++count }));
      slowestMs = Math.max(slowestMs, performance.now() - sentAt);
      answered++;
    }
  });

  await expect.poll(() => answered, { timeout: 10_000 }).toBeGreaterThan(200);
  const before = answered;
  const redis = stage.system.process('redis');
  await redis.kill('SIGSTOP');
  // The outage is of a length of its own, there is nothing to wait for.
  await new Promise((resolve) => setTimeout(resolve, awayMs));
  const during = answered - before;
  await redis.kill('SIGKILL');
  await expect.poll(() => answered, { timeout: 10_000 }).toBeGreaterThan(before + during + 200);
  running = false;
  await Promise.all(loads);

  expect(during).toBeGreaterThan(200);
  expect(slowestMs).toBeLessThan(maxAnswerMs);
  const coins = [...receipts.values()].reduce((sum, receipt) => sum + receipt.coins, 0);
  await expect
    .poll(async () => (await stage.call('GET', `/lives/${live}/totals`)).body, {
      timeout: 60_000,
      interval: 200,
    })
    .toMatchObject({ coins, senders: viewers });
  expect(await runCarat(stage.system, 'verify')).toMatchObject({ code: 0 });
});
