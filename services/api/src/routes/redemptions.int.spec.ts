import { randomUUID } from 'node:crypto';
import { redemptions } from '@carat/protocol';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { buildApi } from '../app.ts';
import {
  type Caller,
  callerOf,
  createLog,
  creator,
  dependenciesOf,
  operator,
  otherCreator,
  service,
  startApi,
  viewer,
} from '../testing/api-under-test.ts';
import { dayMs, setRate, settleDay, vouchFor } from '../testing/settling.ts';

const noon = Date.parse('2026-11-23T12:00:00Z');
let now = noon;
const clock = { now: () => now };
const usd = (diamonds: number, more: object = {}) => ({ diamonds, currency: 'USD', ...more });

type Api = Awaited<ReturnType<typeof startApi>>;

/** A cent for a diamond; Carla is vouched for since yesterday, and has so many diamonds. */
const stand = async (diamonds: number): Promise<Api> => {
  now = noon - dayMs;
  const api = await startApi({ clock });
  await setRate(api, 1, 1);
  await vouchFor(api, 'carla');
  await settleDay(api.store, '2026-11-20', { carla: diamonds });
  now = noon;
  return api;
};

const request = async (api: Api, key: string, diamonds = 10_000, as: Caller = creator) => {
  const { status, body } = await api.call('POST', '/redemptions', as, { key, ...usd(diamonds) });
  return { status, redemption: redemptions.redemption.parse(body) };
};

describe('what the article says', () => {
  let api: Api;
  beforeAll(async () => {
    api = await stand(100_000);
  });
  afterAll(() => api.close());

  it('9,999 diamonds are refused, 10,000 are not: $100.00 less 5 % leaves $95.00', async () => {
    for (const url of ['/redemptions/quote', '/redemptions']) {
      const body = url === '/redemptions' ? usd(9_999, { key: 'a1' }) : usd(9_999);
      const refused = await api.callRefused('redemption_below_minimum', 'POST', url, creator, body);
      expect(refused.minimum).toBe('10000');
    }
    const quoted = await api.call('POST', '/redemptions/quote', creator, usd(10_000));
    const quote = redemptions.quoteLines.parse(quoted.body);
    expect(quote).toMatchObject({ denominator: '1', gross: '10000', fee: '500', withheld: '0' });
    expect(quote).toMatchObject({ net: '9500', remainder: '0', rate: { numerator: 1, denominator: 1 } });
    const { status, redemption } = await request(api, 'a1');
    expect([status, redemption.status]).toEqual([201, 'approved']);
    expect(redemption).toMatchObject({ quote, method: { provider: 'sandbox', reference: 'm1' } });
  });

  it('the rate of the moment counts: where it halves, so does what the next request comes to', async () => {
    await setRate(api, 1, 2);
    const { redemption } = await request(api, 'a2');
    expect([redemption.quote.gross, redemption.quote.net]).toEqual(['5000', '4750']);
    const { body } = await api.call('GET', '/creators/carla/redemptions?limit=1', creator);
    const newest = redemptions.redemptionPage.parse(body);
    expect(newest.redemptions.map(({ key }) => key)).toEqual(['a2']);
    const older = `/creators/carla/redemptions?before=${newest.next}`;
    const { body: rest } = await api.call('GET', older, creator);
    expect(rest).toMatchObject({ redemptions: [{ key: 'a1', quote: { net: '9500' } }], next: null });
  });

  it('details that are missing, and violations, are in the way', async () => {
    const asked = usd(10_000, { creator: 'nell' });
    await api.callRefused('identity_not_verified', 'POST', '/redemptions/quote', service, asked);
    await api.call('PUT', '/creators/nell/identity', service, { status: 'verified' });
    await api.callRefused('payout_method_missing', 'POST', '/redemptions/quote', service, asked);
    await vouchFor(api, 'nell');
    const tooNew = await api.callRefused(
      'payout_method_too_new',
      'POST',
      '/redemptions/quote',
      service,
      asked,
    );
    expect(tooNew.retryAfterMs).toBe(dayMs);
    for (const violation of ['v1', 'v2', 'v3', 'v4']) {
      const body = { violation, guideline: 'g-7' };
      await api.call('POST', '/creators/nell/violations', service, body);
      if (violation !== 'v3') continue;
      const held = await api.callRefused('redemption_held', 'POST', '/redemptions/quote', service, asked);
      expect(held.retryAfterMs).toBe(30 * dayMs);
    }
    await api.callRefused('creator_closed', 'POST', '/redemptions/quote', service, asked);
  });

  it('what is asked for is bounded by the balance, by the day, and by what has a rate', async () => {
    const euro = { diamonds: 10_000, currency: 'EUR' };
    await api.callRefused('currency_not_offered', 'POST', '/redemptions/quote', creator, euro);
    const many = await api.callRefused(
      'too_few_diamonds',
      'POST',
      '/redemptions/quote',
      creator,
      usd(90_000),
    );
    expect(many.available).toBe('80000');
    const day = usd(180_001);
    const above = await api.callRefused(
      'redemption_above_maximum',
      'POST',
      '/redemptions/quote',
      creator,
      day,
    );
    expect([above.maximum, above.left]).toEqual(['200000', '180000']);
  });
});

describe('a request', () => {
  let api: Api;
  beforeEach(async () => {
    api = await stand(100_000);
    return () => api.close();
  });

  it('is booked once per key, for ever: again it answers what became of it', async () => {
    const first = await request(api, 'k');
    now += 400 * dayMs;
    const again = await request(api, 'k');
    expect(again).toEqual({ status: 200, redemption: first.redemption });
    const other = { key: 'k', ...usd(10_001) };
    await api.callRefused('redemption_key_taken', 'POST', '/redemptions', creator, other);
    const { body } = await api.call('GET', '/creators/carla/redemptions', service);
    expect(body.redemptions).toHaveLength(1);
  });

  it('waits for an operator where it is large, who sees why, and tells all that happened', async () => {
    const { redemption } = await request(api, 'k', 50_000);
    expect(redemption).toMatchObject({ status: 'in_review' });
    expect(redemption.reviewReasons).toEqual(['50000 diamonds within 24 hours are more than 20000']);
    const url = `/creators/carla/redemptions/${redemption.redemption}`;
    await expect.poll(async () => (await api.call('GET', '/operators/payouts', operator)).status).toBe(200);
    const { body: queue } = await api.call('GET', '/operators/payouts', operator);
    expect(redemptions.payoutsState.parse(queue)).toMatchObject({
      settlement: { lastClosed: '2026-11-20', settledThrough: '2026-11-20' },
      inReview: [redemption],
      counts: { inReview: 1, approved: 0 },
    });
    const approved = await api.call('POST', `${url}/approve`, operator);
    expect(approved.body).toMatchObject({ status: 'approved' });
    expect(await api.call('POST', `${url}/approve`, operator)).toEqual(approved);
    const { body } = await api.call('GET', url, creator);
    const why = redemption.reviewReasons[0];
    expect(redemptions.redemptionTold.parse(body).events).toEqual([
      {
        ...{ type: 'RedemptionRequested', by: 'carla', at: noon },
        says: '50000 diamonds were asked for, to be paid as 475.00 USD.',
      },
      { type: 'RedemptionPutInReview', by: null, at: noon, says: `It waits for an operator: ${why}.` },
      { type: 'RedemptionApproved', by: 'olga', at: noon, says: 'It was approved.' },
    ]);
    await expect
      .poll(async () => (await api.call('GET', '/operators/payouts', operator)).body.underWay)
      .toHaveLength(1);
  });

  it('is approved by nobody who asked for it or is paid by it: it takes four eyes', async () => {
    const both: Caller = { sub: 'carla', roles: ['creator', 'operator'] };
    const { redemption: own } = await request(api, 'k1', 30_000, both);
    const approve = ({ redemption }: { redemption: string }) =>
      `/creators/carla/redemptions/${redemption}/approve`;
    await api.callRefused('forbidden', 'POST', approve(own), both);
    const byOlga = { key: 'k2', ...usd(30_000, { creator: 'carla' }) };
    const { body } = await api.call('POST', '/redemptions', operator, byOlga);
    await api.callRefused('forbidden', 'POST', approve(redemptions.redemption.parse(body)), operator);
    for (const who of [service, creator, viewer]) {
      await api.callRefused('forbidden', 'POST', approve(own), who);
    }
    expect((await api.call('POST', approve(own), operator)).body).toMatchObject({ status: 'approved' });
  });

  it('is taken back or refused while nobody pays it, and its diamonds with it; once only', async () => {
    const [{ redemption: one }, { redemption: two }] = [
      await request(api, 'k1', 60_000),
      await request(api, 'k2', 40_000),
    ];
    const url = ({ redemption }: { redemption: string }) => `/creators/carla/redemptions/${redemption}`;
    const cancelled = await api.call('POST', `${url(one)}/cancel`, creator);
    expect(cancelled.body).toMatchObject({ status: 'cancelled' });
    expect(await api.call('POST', `${url(one)}/cancel`, service)).toEqual(cancelled);
    const reason = { reason: 'an open question' };
    await api.callRefused('forbidden', 'POST', `${url(two)}/refuse`, service, reason);
    const refused = await api.call('POST', `${url(two)}/refuse`, operator, reason);
    expect(refused.body).toMatchObject({ status: 'refused', reason: 'an open question' });
    await api.callRefused('redemption_too_late', 'POST', `${url(two)}/approve`, operator);
    await api.callRefused('redemption_too_late', 'POST', `${url(two)}/cancel`, creator);
    await api.callRefused('redemption_unknown', 'POST', '/creators/carla/redemptions/r9/cancel', creator);
    expect((await request(api, 'k3', 100_000)).redemption.status).toBe('in_review');
  });
});

it('two devices at once, at two processes, never redeem more than there is, nor a key twice', async () => {
  const log = await createLog();
  const store = await log.open();
  const apps = [store, await log.open()].map((own) => buildApi(dependenciesOf(own, { clock })));
  const callers = apps.map(callerOf);
  try {
    now = noon - dayMs;
    await setRate(callers[0]!, 1, 1);
    await vouchFor(callers[0]!, 'carla');
    await settleDay(store, '2026-11-20', { carla: 55_000 });
    now = noon;
    const asked = Array.from({ length: 20 }, (_, n) =>
      callers[n % 2]!.call('POST', '/redemptions', creator, { key: `k${n >> 1}`, ...usd(10_000) }),
    );
    const answers = await Promise.all(asked);
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(5);
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(5);
    expect(answers.filter(({ body }) => body.refused === 'too_few_diamonds')).toHaveLength(10);
    const { body } = await callers[1]!.call('GET', '/creators/carla/balance', creator);
    expect(body).toMatchObject({ available: '5000000', onTheWay: '50000000' });
  } finally {
    for (const app of apps) await app.close();
    await log.remove();
  }
});

it('operators are told when the queue cannot be followed on, and not left with an old one', async () => {
  const api = await stand(100_000);
  try {
    const look = async () => (await api.call('GET', '/operators/payouts', operator)).body;
    await expect.poll(look).toMatchObject({ fault: null });
    const unreadable = { id: randomUUID(), type: 'PayoutPaid', data: { creator: 'chris' } };
    await api.store.append([{ stream: 'earnings-chris', expected: 'no_stream', events: [unreadable] }]);
    await expect
      .poll(look)
      .toMatchObject({ fault: expect.stringMatching(/^redemptions cannot be read on: /) });
  } finally {
    await api.close();
  }
});

it('a creator sees and asks for its own only; viewers nothing', async () => {
  const api = await stand(100_000);
  try {
    const { redemption } = await request(api, 'k', 50_000);
    const of = '/creators/carla/redemptions';
    const one = `${of}/${redemption.redemption}`;
    for (const who of [viewer, otherCreator, { sub: 'carla', roles: ['viewer'] }]) {
      for (const url of [of, one, '/creators/carla/balance', '/creators/carla/settlements']) {
        await api.callRefused('forbidden', 'GET', url, who);
      }
      await api.callRefused('forbidden', 'GET', '/creators/carla/settlements/2026-11-20/gifts', who);
      await api.callRefused('forbidden', 'GET', '/operators/payouts', who);
      await api.callRefused('forbidden', 'POST', `${one}/cancel`, who);
      const named = usd(10_000, { creator: 'carla' });
      await api.callRefused('forbidden', 'POST', '/redemptions/quote', who, named);
      await api.callRefused('forbidden', 'POST', '/redemptions', who, { ...named, key: 'stolen' });
    }
    await api.callRefused('forbidden', 'POST', '/redemptions/quote', viewer, usd(10_000));
    const nobody = await api.callRefused('invalid', 'POST', '/redemptions/quote', service, usd(10_000));
    expect(nobody.path).toBe('creator');
    await api.callRefused('forbidden', 'POST', '/rates/money', creator, {
      currency: 'USD',
      numerator: 1,
      denominator: 1,
    });
  } finally {
    await api.close();
  }
});
