import { type Event, streams } from '@carat/domain';
import type { EventStore } from '@carat/event-store';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createLog } from '../testing/log.ts';
import { appendTo, dayClosed } from '../testing/redemptions.ts';
import { readCuts, walkSettledGifts } from './settled-gifts.ts';

let log: Awaited<ReturnType<typeof createLog>>;
let store: EventStore;

beforeEach(async () => {
  log = await createLog();
  store = await log.open();
});
afterEach(() => log.remove());

const gift = (creator: string, coins: number, at: number): Event<'GiftSent'> => ({
  type: 'GiftSent',
  data: {
    ...{ combo: 'c', viewer: 'vera', live: 'l', creator, gift: 'rose', booked: 1, count: 1, coins, at },
    ...{ millidiamonds: coins * 1_000, unitCoins: coins, rate: 1_000, after: { balance: 0 } },
  },
});

const coinsOf = async (day: string, creator?: string): Promise<number[]> => {
  const cut = (await readCuts(store)).find((each) => each.day === day)!;
  const coins: number[] = [];
  for await (const gifts of walkSettledGifts(store, cut, creator === undefined ? {} : { creator })) {
    coins.push(...gifts.map((each) => each.gift.coins));
  }
  return coins;
};

it('gives each gift to the day whose closing is the next in the log, whatever time it says', async () => {
  const wallet = streams.wallet('vera');
  await appendTo(store, wallet, gift('ann', 1, 5), gift('bea', 2, 5));
  await appendTo(store, streams.settlement, dayClosed('2026-11-01', null, 10));
  await appendTo(store, wallet, gift('ann', 3, 4));
  await appendTo(store, streams.settlement, dayClosed('2026-11-02', '2026-11-01', 20));
  await appendTo(store, wallet, gift('ann', 4, 21));
  expect(await coinsOf('2026-11-01')).toEqual([1, 2]);
  expect(await coinsOf('2026-11-01', 'bea')).toEqual([2]);
  expect(await coinsOf('2026-11-02')).toEqual([3]);
});

it('stops at a gift that cannot be read, until an operator has it left out', async () => {
  const broken = { type: 'GiftSent', data: { creator: 'ann', coins: 'many' } } as never;
  await appendTo(store, streams.wallet('vera'), gift('ann', 1, 5), broken);
  await appendTo(store, streams.settlement, dayClosed('2026-11-01', null, 10));
  await expect(coinsOf('2026-11-01')).rejects.toThrow(/GiftSent cannot be read/);
  const page = await store.readStream(streams.wallet('vera'), { direction: 'backwards', limit: 1 });
  const event = page.exists ? page.events[0]!.id : '';
  await appendTo(
    store,
    streams.log,
    { type: 'LogCreated', data: { logId: 'this' } } as Event,
    { type: 'EventSkipped', data: { event, unit: 'creators', by: 'olga', reason: 'why' } } as Event,
  );
  expect(await coinsOf('2026-11-01')).toEqual([1]);
});
