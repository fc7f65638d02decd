import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Carat } from '@carat/client';
import type { Receipt } from '@carat/protocol';
import { v7 } from 'uuid';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { outcome, raiseStage, type Stage } from './stage.ts';

const minute = 60_000;
const carat = join(import.meta.dirname, '../../services/ops/src/main.ts');

let stage: Stage;

beforeAll(async () => {
  stage = await raiseStage({ gateways: 2 });
});
afterAll(() => stage.stop());

const verify = (): Promise<{ stdout: string }> =>
  promisify(execFile)(process.execPath, [carat, 'verify', '--json'], {
    env: {
      ...process.env,
      CARAT_EVENT_STORE: stage.system.eventStore,
      REDIS_URL: stage.system.redisUrl,
    },
  });

const ready = async (granted: number, coins = 1) => {
  const show = await stage.openLive({ coins });
  const viewer = `viewer-${v7()}`;
  await stage.grant(viewer, granted);
  return { ...show, viewer, claim: { combo: v7(), live: show.live, gift: show.gift, count: 1 } };
};

const balanceOf = async (viewer: string): Promise<number> =>
  (await stage.ask('GET', `/wallets/${viewer}`)).balance;

const bookedOf = async (viewer: string, combo: string): Promise<number> =>
  (await stage.ask('GET', `/wallets/${viewer}/combos/${combo}`)).count;

describe('the laws, on the whole system', () => {
  it('1: what was acknowledged is durable, also when the gateway is killed in the middle', async () => {
    const { claim, viewer } = await ready(1_000_000);
    const client = await stage.join('viewer', viewer);
    const receipts: Receipt[] = [];
    const sent: Promise<unknown>[] = [];
    for (let n = 0; n < 300; n++) {
      sent.push(
        client.claim({ ...claim, combo: v7(), count: 1 + (n % 5) }).then((receipt) => receipts.push(receipt)),
      );
      if (n === 150) {
        await expect.poll(() => receipts.length).toBeGreaterThan(20);
        await stage.system.process('gateway').kill('SIGKILL');
      }
    }
    await Promise.all(sent);
    expect(receipts).toHaveLength(300);
    for (const { combo, count } of receipts) expect(await bookedOf(viewer, combo)).toBe(count);
    const coins = receipts.reduce((sum, receipt) => sum + receipt.coins, 0);
    expect(await balanceOf(viewer)).toBe(1_000_000 - coins);
  });

  it('2: a claim books once, wherever and however often it is sent; later it can be looked up', async () => {
    const { claim, viewer } = await ready(100);
    const [one, two] = [await stage.join('viewer', viewer, 0), await stage.join('viewer', viewer, 1)];
    const counts = [3, 1, 3, 2, 7, 5, 7, 7];
    await Promise.all(
      counts.flatMap((count) => [one.claim({ ...claim, count }), two.claim({ ...claim, count })]),
    );
    expect(await balanceOf(viewer)).toBe(93);
    const again = await two.claim({ ...claim, count: 7 });
    expect(again).toMatchObject({ count: 7, coins: 7, balance: 93 });
    const old = v7({ msecs: Date.now() - 16 * minute });
    expect(await outcome(one.claim({ ...claim, combo: old }))).toMatchObject({ refused: 'combo_expired' });
    expect(await stage.ask('GET', `/wallets/${viewer}/combos/${claim.combo}`)).toMatchObject({
      count: 7,
      coins: 7,
      live: claim.live,
      gift: claim.gift,
    });
  });

  it('3: no wallet goes below zero, two gateways and many devices spending from it at once', async () => {
    const { claim, viewer } = await ready(100);
    const devices: Carat[] = [];
    for (let n = 0; n < 6; n++) devices.push(await stage.join('viewer', viewer, n % 2));
    const answers = await Promise.all(
      Array.from({ length: 180 }, (_, n) => outcome(devices[n % 6]!.claim({ ...claim, combo: v7() }))),
    );
    expect(answers.filter((answer) => 'count' in answer)).toHaveLength(100);
    const refused = answers.flatMap((answer) => ('refused' in answer ? [answer.refused] : []));
    expect(new Set(refused)).toEqual(new Set(['wallet_has_too_few_coins']));
    expect(await balanceOf(viewer)).toBe(0);
  });

  it('4: a refusal costs nothing and is never stale: what can be paid by now is booked', async () => {
    const { claim, viewer } = await ready(5);
    const client = await stage.join('viewer', viewer);
    expect(await outcome(client.claim({ ...claim, count: 9 }))).toMatchObject({
      refused: 'wallet_has_too_few_coins',
      affordable: 5,
    });
    for (let n = 0; n < 5; n++) {
      await stage.grant(viewer, 10);
      expect(await outcome(client.claim({ ...claim, combo: v7(), count: 10 }))).toMatchObject({ balance: 5 });
    }
    expect(await balanceOf(viewer)).toBe(5);
  });

  it('4: one wallet, two gateways at once, coins granted in between: nothing twice or refused', async () => {
    const { claim, viewer } = await ready(0 + 1);
    const [one, two] = [await stage.join('viewer', viewer, 0), await stage.join('viewer', viewer, 1)];
    let combos = 0;
    for (let round = 0; round < 20; round++) {
      await stage.grant(viewer, 30);
      const ids = Array.from({ length: 10 }, () => v7());
      combos += ids.length;
      const answers = await Promise.all(
        ids.flatMap((combo) => [
          outcome(one.claim({ ...claim, combo, count: 2 })),
          outcome(two.claim({ ...claim, combo, count: 3 })),
        ]),
      );
      expect(answers.filter((answer) => 'refused' in answer)).toEqual([]);
    }
    expect(await balanceOf(viewer)).toBe(1 + 20 * 30 - combos * 3);
  });

  it('5: coins and diamonds are conserved, and every number says what the log says', async () => {
    const { stdout } = await verify();
    expect(JSON.parse(stdout.trim().split('\n').at(-1)!)).toMatchObject({ agree: true });
  });

  it('9: two numbers as of the same place agree, whoever is asked', async () => {
    const { claim, viewer, live, creator } = await ready(100_000);
    const client = await stage.join('viewer', viewer);
    const watcher = await stage.join('creator', creator, 1);
    const seen = new Map<string, number>();
    const agree = (
      { generation, position }: { generation: string; position: string | null },
      coins: number,
    ): void => {
      const place = `${generation}/${position}`;
      expect(seen.get(place) ?? coins).toBe(coins);
      seen.set(place, coins);
    };
    const watching = watcher.watch(live, { onTick: ({ asOf, totals }) => agree(asOf, totals.coins) });
    const sent: Promise<unknown>[] = [];
    for (let n = 1; n <= 200; n++) {
      sent.push(client.claim({ ...claim, count: n }));
      if (n % 10 > 0) continue;
      const totals = await stage.ask('GET', `/lives/${live}/totals`);
      agree(totals.asOf, totals.coins);
      const board = await stage.ask('GET', `/lives/${live}/board`);
      agree(board.asOf, board.entries[0]?.score ?? 0);
    }
    await Promise.all(sent);
    await expect.poll(() => watching.numbers?.totals.coins, { timeout: 10_000 }).toBe(200);
    expect(seen.size).toBeGreaterThan(1);
  });
});
