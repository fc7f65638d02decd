import { http } from '@carat/protocol';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildApi } from '../app.ts';
import {
  callerOf,
  createLog,
  creator,
  dependenciesOf,
  operator,
  service,
  viewer,
} from '../testing/api-under-test.ts';

const rose = { name: 'Rose', coins: 1, streakable: true };

let log: Awaited<ReturnType<typeof createLog>>;
let apps: ReturnType<typeof buildApi>[];
let one: ReturnType<typeof callerOf>;
let other: ReturnType<typeof callerOf>;
let store: Awaited<ReturnType<typeof log.open>>;

/** Two processes' worth of api on one log. */
beforeAll(async () => {
  log = await createLog();
  store = await log.open();
  apps = [buildApi(dependenciesOf(store)), buildApi(dependenciesOf(await log.open()))];
  for (const app of apps) await app.ready();
  [one, other] = apps.map(callerOf) as [typeof one, typeof other];
});
afterAll(async () => {
  for (const app of apps) await app.close();
  await log.remove();
});

const revisionOf = async (stream: string) => {
  const page = await store.readStream(stream, { direction: 'backwards', limit: 1 });
  return page.exists ? page.last : -1;
};

describe('the catalogue', () => {
  it('lists a gift, changes it, retires it and brings it back; every process sees it at once', async () => {
    const listed = await one.call('PUT', '/catalogue/rose', service, rose);
    expect(listed).toEqual({ status: 200, body: { gift: 'rose', ...rose, retired: false } });
    expect(http.gift.parse(listed.body)).toEqual(listed.body);
    expect((await other.call('GET', '/catalogue', viewer)).body.gifts).toEqual([listed.body]);

    const dearer = await other.call('PUT', '/catalogue/rose', operator, { ...rose, coins: 2 });
    expect(dearer.body).toMatchObject({ coins: 2 });
    expect((await one.call('GET', '/catalogue', viewer)).body.gifts).toEqual([dearer.body]);

    const retired = await one.call('POST', '/catalogue/rose/retire', operator);
    expect(retired.body).toEqual({ ...dearer.body, retired: true });
    expect((await one.call('GET', '/catalogue', viewer)).body.gifts).toEqual([retired.body]);

    const back = await one.call('PUT', '/catalogue/rose', service, rose);
    expect(back.body).toEqual(listed.body);
  });

  it('writes nothing where nothing changes', async () => {
    await one.call('PUT', '/catalogue/rose', service, rose);
    const before = await revisionOf('catalogue');
    await one.call('PUT', '/catalogue/rose', service, rose);
    await other.call('PUT', '/catalogue/rose', service, rose);
    expect(await revisionOf('catalogue')).toBe(before);
  });

  it('takes many changes at once, through both processes', async () => {
    const ids = Array.from({ length: 60 }, (_, i) => `many-${i}`);
    const answers = await Promise.all(
      ids.map((id, i) => (i % 2 ? one : other).call('PUT', `/catalogue/${id}`, service, rose)),
    );
    expect(answers.map(({ status }) => status)).toEqual(ids.map(() => 200));
    const { gifts } = (await one.call('GET', '/catalogue?limit=1000', viewer)).body as { gifts: http.Gift[] };
    expect(gifts.map(({ gift }) => gift)).toEqual(expect.arrayContaining(ids));
  });

  it('is paged', async () => {
    const whole = (await one.call('GET', '/catalogue?limit=1000', viewer)).body as {
      gifts: http.Gift[];
      next: string | null;
    };
    expect(whole.next).toBeNull();
    const pages: http.Gift[] = [];
    let after: string | null = null;
    do {
      const query: string = after === null ? '' : `&after=${after}`;
      const { body } = await one.call('GET', `/catalogue?limit=7${query}`, viewer);
      pages.push(...(body.gifts as http.Gift[]));
      after = body.next as string | null;
    } while (after !== null);
    expect(pages).toEqual(whole.gifts);
    await one.callRefused('gift_unknown', 'GET', '/catalogue?after=nothing', viewer);
  });

  it.each(['limit=0', 'limit=1001', 'limit=x', 'limit=', 'limit=1&limit=2', 'limits=3', 'after=a%20b'])(
    'refuses ?%s',
    async (query) => {
      await one.callRefused('invalid', 'GET', `/catalogue?${query}`, viewer);
    },
  );

  it('refuses who may not change it, gifts it does not have, and prices that are none', async () => {
    await one.callRefused('forbidden', 'PUT', '/catalogue/lion', viewer, rose);
    await one.callRefused('forbidden', 'POST', '/catalogue/rose/retire', creator);
    await one.callRefused('gift_unknown', 'POST', '/catalogue/lion/retire', operator);
    for (const coins of [0, -1, 1.5, 1_000_001, '5', null]) {
      const body = { ...rose, coins };
      expect((await one.callRefused('invalid', 'PUT', '/catalogue/lion', service, body)).path).toBe('coins');
    }
  });
});

describe('rates', () => {
  it('begin with one diamond per coin', async () => {
    const { body } = await one.call('GET', '/rates', viewer);
    expect(body).toEqual({ rates: [{ millidiamondsPerCoin: 1_000, from: 0 }], money: [] });
  });

  it('are set from now or from a later instant on; every process sees it at once', async () => {
    const before = Date.now();
    const now = await one.call('POST', '/rates', operator, { millidiamondsPerCoin: 500 });
    expect(now.status).toBe(200);
    expect(http.diamondRate.parse(now.body).from).toBeGreaterThanOrEqual(before);
    const later = { millidiamondsPerCoin: 800, from: Date.now() + 3_600_000 };
    expect(await other.call('POST', '/rates', service, later)).toEqual({ status: 200, body: later });
    const { rates } = (await one.call('GET', '/rates', viewer)).body as { rates: unknown[] };
    expect(rates.slice(-2)).toEqual([now.body, later]);
  });

  it('cannot be set for the past, by others, or to nothing', async () => {
    const past = { millidiamondsPerCoin: 500, from: Date.now() - 1_000 };
    await one.callRefused('rate_begins_in_the_past', 'POST', '/rates', operator, past);
    await one.callRefused('forbidden', 'POST', '/rates', creator, { millidiamondsPerCoin: 500 });
    await one.callRefused('invalid', 'POST', '/rates', operator, { millidiamondsPerCoin: 0 });
  });

  it('of diamonds in money are set likewise, per currency, and kept for all to read', async () => {
    const half = { currency: 'USD', numerator: 1, denominator: 2 };
    const now = await one.call('POST', '/rates/money', operator, half);
    expect(now).toMatchObject({ status: 200, body: half });
    const later = { ...half, currency: 'JPY', from: Date.now() + 3_600_000 };
    expect(await other.call('POST', '/rates/money', service, later)).toEqual({ status: 200, body: later });
    expect((await one.call('GET', '/rates', viewer)).body.money).toEqual([now.body, later]);
    const past = { ...half, from: Date.now() - 1_000 };
    await one.callRefused('rate_begins_in_the_past', 'POST', '/rates/money', operator, past);
    await one.callRefused('forbidden', 'POST', '/rates/money', creator, half);
    for (const wrong of [{ numerator: 0 }, { denominator: 0 }, { currency: 'XYZ' }, { numerator: 0.5 }]) {
      const { path } = await one.callRefused('invalid', 'POST', '/rates/money', operator, {
        ...half,
        ...wrong,
      });
      expect(path).toBe(Object.keys(wrong)[0]);
    }
  });
});
