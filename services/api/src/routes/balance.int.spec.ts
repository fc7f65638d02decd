import { streams } from '@carat/domain';
import { type AsOf, redemptions } from '@carat/protocol';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { creator, service, startApi, unreadable } from '../testing/api-under-test.ts';
import { appendTo, dayMs, setRate, settleDay, vouchFor } from '../testing/settling.ts';

const noon = Date.parse('2026-11-23T12:00:00Z');
let now = noon;
/** What the read models say at the moment; undefined while they cannot be had. */
let awarded: { asOf: AsOf; millidiamonds: number } | undefined;
let api: Awaited<ReturnType<typeof startApi>>;
beforeAll(async () => {
  const earnings = async () => {
    if (awarded === undefined) throw new Error('Redis is away');
    return { ...awarded, coins: 0, gifts: 0 };
  };
  api = await startApi({ clock: { now: () => now }, numbers: { ...unreadable, earnings } });
});
afterAll(() => api.close());

const readBalance = async () =>
  redemptions.balance.parse((await api.call('GET', '/creators/carla/balance', creator)).body);

/** The read models stand at the log's end, and say that so many diamonds were awarded. */
const award = async (diamonds: number): Promise<void> => {
  const position = (await api.store.head())?.position ?? null;
  awarded = { asOf: { generation: 'g1', position }, millidiamonds: diamonds * 1_000 };
};

const partsOf = ({ pending, held, available, onTheWay, paid }: redemptions.Balance): bigint =>
  [pending!, held, available, onTheWay, paid].reduce((sum, part) => sum + BigInt(part), 0n);

it('is nothing before anything was earned', async () => {
  awarded = { asOf: { generation: 'g1', position: null }, millidiamonds: 0 };
  expect(await readBalance()).toMatchObject({
    awarded: '0',
    pending: '0',
    held: '0',
    becomes: [],
    money: [],
  });
  expect((await readBalance()).terms).toMatchObject({
    ...{ minimumDiamonds: 10_000, redeemableDiamonds: 0, currencies: [] },
    refused: { refused: 'identity_not_verified' },
  });
});

it('adds up at one place: that of the read models, however far the log has come', async () => {
  now = noon - dayMs;
  await setRate(api, 1, 1);
  await vouchFor(api, 'carla');
  await settleDay(api.store, '2026-11-14', { carla: 30_000 }, { holdDays: 7 });
  await settleDay(api.store, '2026-11-21', { carla: 5_000 }, { holdDays: 7 });
  await award(36_000);
  now = noon;
  const before = await readBalance();
  expect(before).toMatchObject({
    ...{ awarded: '36000000', pending: '1000000', held: '5000000', available: '30000000' },
    ...{ onTheWay: '0', paid: '0', asOf: awarded!.asOf },
    becomes: [{ with: '2026-11-28', millidiamonds: '5000000' }],
  });
  expect(before.terms).toMatchObject({ redeemableDiamonds: 30_000, currencies: ['USD'], refused: null });

  const asked = { key: 'k1', diamonds: 25_000, currency: 'USD' };
  await api.call('POST', '/redemptions', creator, asked);
  const behind = await readBalance();
  expect({ ...behind, terms: null }).toEqual({ ...before, terms: null });
  // What may be done is as of now, all the same.
  expect(behind.terms).toMatchObject({ leftDiamonds: 175_000, redeemableDiamonds: 5_000 });
  expect(behind.terms.refused).toMatchObject({ refused: 'too_few_diamonds', available: '5000' });

  await award(36_000);
  const after = await readBalance();
  expect(after).toMatchObject({ available: '5000000', onTheWay: '25000000', awarded: '36000000' });
  for (const balance of [before, after]) expect(partsOf(balance)).toBe(36_000_000n);
});

it('tells what is being paid, and what was', async () => {
  const { body } = await api.call('GET', '/creators/carla/redemptions', creator);
  const [{ redemption, quote }] = redemptions.redemptionPage.parse(body).redemptions as [
    redemptions.RedemptionShown,
  ];
  const of = { creator: 'carla', redemption, at: noon };
  await api.call('POST', `/creators/carla/redemptions/${redemption}/approve`, {
    sub: 'olga',
    roles: ['operator'],
  });
  const stream = streams.earnings('carla');
  const started = { ...of, key: `carla/${redemption}`, provider: 'sandbox' };
  await appendTo(api.store, stream, { type: 'PayoutStarted', data: started });
  await award(36_000);
  expect((await readBalance()).money).toEqual([{ currency: 'USD', inFlight: quote.net, paid: '0' }]);
  await appendTo(api.store, stream, { type: 'PayoutPaid', data: { ...of, reference: 'p-1' } });
  await award(36_000);
  const paid = await readBalance();
  expect(paid.money).toEqual([{ currency: 'USD', inFlight: '0', paid: '23750' }]);
  expect([paid.onTheWay, paid.paid, partsOf(paid)]).toEqual(['0', '25000000', 36_000_000n]);
});

it('goes on without the read models: only what they hold is missing', async () => {
  awarded = undefined;
  expect(await readBalance()).toMatchObject({
    ...{ asOf: null, awarded: null, pending: null },
    ...{ held: '5000000', available: '5000000', paid: '25000000' },
  });
});

it('rests on settled days, newest first, a page at a time', async () => {
  const read = async (query: string) =>
    redemptions.settledDays.parse(
      (await api.call('GET', `/creators/carla/settlements?${query}`, service)).body,
    );
  const newest = await read('limit=1');
  expect(newest.days).toMatchObject([
    { day: '2026-11-21', millidiamonds: '5000000', availableWith: '2026-11-28', available: false },
  ]);
  const older = await read(`before=${newest.next}`);
  expect(older.days).toMatchObject([{ day: '2026-11-14', availableWith: '2026-11-21', available: true }]);
  expect(older.next).toBeNull();
});

it('rests on the bookings between two cuts, whatever their own time says', async () => {
  const gift = (n: number, creator: string) => ({
    type: 'GiftSent' as const,
    data: {
      ...{ combo: `c${n}`, viewer: 'vera', live: 'l1', creator, gift: 'rose', booked: 1, count: 1 },
      ...{ coins: 5, millidiamonds: 5_000, unitCoins: 5, rate: 1_000, at: n, after: { balance: 9 } },
    },
  });
  const stream = streams.wallet('vera');
  await appendTo(api.store, stream, gift(1, 'carla'), gift(2, 'chris'), gift(3, 'carla'), gift(4, 'carla'));
  await settleDay(api.store, '2026-11-22', { carla: 15 }, { holdDays: 7 });
  await appendTo(api.store, stream, gift(5, 'carla'));
  const url = '/creators/carla/settlements/2026-11-22/gifts';
  const read = async (query = '') =>
    redemptions.settledGifts.parse((await api.call('GET', url + query, creator)).body);
  expect((await read()).gifts.map(({ at }) => at)).toEqual([1, 3, 4]);
  const first = await read('?limit=2');
  expect(first.gifts).toMatchObject([{ at: 1, viewer: 'vera', coins: 5, rate: 1_000 }, { at: 3 }]);
  const rest = await read(`?limit=2&after=${first.next}`);
  expect([rest.gifts.map(({ at }) => at), rest.next]).toEqual([[4], null]);
  await api.callRefused('not_found', 'GET', '/creators/carla/settlements/2026-11-20/gifts', creator);
});
