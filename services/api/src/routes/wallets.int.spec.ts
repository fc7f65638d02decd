import { streams } from '@carat/domain';
import { http, type ShownBooking } from '@carat/protocol';
import { v7 } from 'uuid';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findCombo } from '../combos.ts';
import { limits } from '../limits.ts';
import {
  changeStore,
  createLog,
  creator,
  operator,
  service,
  startApi,
  viewer,
} from '../testing/api-under-test.ts';

let log: Awaited<ReturnType<typeof createLog>>;
let api: Awaited<ReturnType<typeof startApi>>;
let reads = 0;
beforeAll(async () => {
  log = await createLog();
  const store = await log.open();
  const counting = changeStore(store, {
    readStream: (stream, read) => {
      reads += 1;
      return store.readStream(stream, read);
    },
  });
  api = await startApi({ store: counting });
});
afterAll(async () => {
  await api.close();
  await log.remove();
});

const minute = 60_000;
const t0 = Date.parse('2026-01-01T00:00:00Z');

type Booking = Pick<ShownBooking, 'combo' | 'booked' | 'count' | 'at'>;

/**
 * Writes bookings of a gift of 5 coins at 0.7 diamonds a coin into a wallet, in pages that an append can
 * hold.
 */
const book = async (from: string, bookings: readonly Booking[]): Promise<void> => {
  let balance = 5 * bookings.reduce((sum, { booked }) => sum + booked, 0);
  const terms = { viewer: from, live: 'l1', creator: 'carla', gift: 'rose', unitCoins: 5, rate: 700 };
  const granted = { grant: `for-${from}`, viewer: from, coins: balance, at: t0 - minute, after: { balance } };
  const events = bookings.map(({ combo, booked, count, at }) => {
    const coins = 5 * booked;
    balance -= coins;
    const data = {
      combo,
      booked,
      count,
      at,
      coins,
      millidiamonds: 700 * coins,
      ...terms,
      after: { balance },
    };
    return { id: v7(), type: 'GiftSent', data };
  });
  const all = [{ id: v7(), type: 'CoinsGranted', data: granted }, ...events];
  for (let i = 0; i < all.length; i += 500) {
    const expected = i === 0 ? 'no_stream' : i - 1;
    await api.store.append([{ stream: streams.wallet(from), expected, events: all.slice(i, i + 500) }]);
  }
};

describe('a wallet', () => {
  it('of somebody to whom nothing ever happened is empty', async () => {
    const { body } = await api.call('GET', '/wallets/vera', viewer);
    expect(http.wallet.parse(body)).toEqual({ viewer: 'vera', balance: 0, position: null });
  });

  it('says the balance, as of the wallet’s last event', async () => {
    await api.call('POST', '/grants', service, { grant: 'a', viewer: 'w1', coins: 30 });
    const first = http.wallet.parse((await api.call('GET', '/wallets/w1', operator)).body);
    await api.call('POST', '/grants', service, { grant: 'b', viewer: 'w1', coins: 12 });
    const second = http.wallet.parse((await api.call('GET', '/wallets/w1', service)).body);
    expect([first.balance, second.balance]).toEqual([30, 42]);
    expect(Number(second.position)).toBeGreaterThan(Number(first.position));
  });

  it('is told to nobody else', async () => {
    for (const url of ['/wallets/w1', `/wallets/w1/combos/${v7()}`]) {
      await api.callRefused('forbidden', 'GET', url, viewer);
      await api.callRefused('forbidden', 'GET', url, creator);
      await api.callRefused('forbidden', 'GET', url, { sub: 'w1', roles: ['creator'] });
      await api.callRefused('unauthenticated', 'GET', url);
    }
  });
});

describe('a combo', () => {
  const combo = v7({ msecs: t0 });
  const lookUp = (from: string, id: string) => `/wallets/${from}/combos/${id}`;

  it('is answered as it stands after its last booking, to its viewer and the platform', async () => {
    await book('c1', [
      { combo, booked: 3, count: 3, at: t0 },
      { combo: v7({ msecs: t0 }), booked: 1, count: 1, at: t0 + 1 },
      { combo, booked: 4, count: 7, at: t0 + 14 * minute },
      { combo: v7({ msecs: t0 + minute }), booked: 1, count: 1, at: t0 + 15 * minute },
    ]);
    const asked = lookUp('c1', combo.toUpperCase());
    const { status, body } = await api.call('GET', asked, { sub: 'c1', roles: ['viewer'] });
    expect(status).toBe(200);
    expect(http.combo.parse(body)).toEqual({
      combo,
      count: 7,
      coins: 35,
      millidiamonds: 24_500,
      live: 'l1',
      gift: 'rose',
      at: t0 + 14 * minute,
      position: expect.stringMatching(/^\d+$/),
    });
    expect(await api.call('GET', asked, service)).toEqual({ status, body });
  });

  it('that was never booked, or by another wallet, is not found', async () => {
    const never = [v7({ msecs: t0 }), v7({ msecs: t0 - 90 * minute }), v7({ msecs: t0 + 90 * minute })];
    for (const id of never) await api.callRefused('not_found', 'GET', lookUp('c1', id), service);
    await api.callRefused('not_found', 'GET', lookUp('nobody', combo), service);
    await api.callRefused('invalid', 'GET', lookUp('c1', 'no-uuid'), service);
  });

  it('booked by a clock a minute behind its id is found, as is one booked 15 minutes after', async () => {
    const early = v7({ msecs: t0 });
    const late = v7({ msecs: t0 + 2 * minute });
    await book('c2', [
      { combo: early, booked: 1, count: 1, at: t0 - minute },
      { combo: late, booked: 2, count: 2, at: t0 + 17 * minute },
      { combo: v7({ msecs: t0 + 17 * minute + 1 }), booked: 1, count: 1, at: t0 + 17 * minute + 1 },
    ]);
    expect((await api.call('GET', lookUp('c2', early), service)).body).toMatchObject({
      combo: early,
      count: 1,
    });
    expect((await api.call('GET', lookUp('c2', late), service)).body).toMatchObject({
      combo: late,
      count: 2,
    });
  });

  it('among more bookings of its time than a look-up may read is refused, not denied', async () => {
    const crowd = Array.from({ length: limits.comboPageEvents }, () => {
      return { combo: v7({ msecs: t0 }), booked: 1, count: 1, at: t0 };
    });
    await book('c4', [{ combo, booked: 1, count: 1, at: t0 }, ...crowd]);
    expect(await findCombo(api.store, 'c4', combo, 1)).toMatchObject({ refused: 'overloaded' });
    expect(await findCombo(api.store, 'c4', combo, 2)).toMatchObject({ combo, count: 1 });
  });

  it('deep in a long history costs a few reads', async () => {
    const bookings = Array.from({ length: 20_000 }, (_, i) => {
      const at = t0 + i * 1_000;
      return { combo: v7({ msecs: at }), booked: 1, count: 1, at };
    });
    await book('c3', bookings);
    for (const place of [0, 1, 9_999, 19_998, 19_999]) {
      reads = 0;
      const { body } = await api.call('GET', lookUp('c3', bookings[place]!.combo), service);
      expect(body).toMatchObject({ combo: bookings[place]!.combo, at: bookings[place]!.at });
      expect(reads).toBeLessThanOrEqual(20);
    }
    await api.callRefused('not_found', 'GET', lookUp('c3', v7({ msecs: t0 + 10_000_000 })), service);
  });
});
