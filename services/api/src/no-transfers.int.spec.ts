import {
  balanceOf,
  type Earnings,
  type EarningsEvent,
  type Event,
  earningsEventTypes,
  eventTypes,
  fieldsOf,
  foldEarnings,
  initialEarnings,
  initialSettlement,
  readEvent,
} from '@carat/domain';
import { redemptions } from '@carat/protocol';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Caller, startApi } from './testing/api-under-test.ts';
import { dayMs, settleDay } from './testing/settling.ts';

/**
 * Diamonds come from gifts and become money: there is no way to buy them, and none to pass them on. What is
 * walked here is everything there is, so whatever is added must be thought about, and named here.
 */

const words = (text: string): string[] => text.trim().split(/\s+/);

describe('events', () => {
  /** Fields that say whose event it is; `by` is who says so, all others are amounts, instants and names. */
  const parties = ['creator', 'viewer'];
  const others = words(`
    after at board booked by closed coins combo count creators currency day denominator differences
    event formYear from gift gifts giftsOffUntil grant guideline hash holdDays json key limit live lives
    logId method millidiamonds millidiamondsPerCoin name numerator paid payouts pdf period previous
    provider quote ranks rate reason reasons redemption redemptionHeldUntil reference
    referenceFrom sha256 status streakable threshold title to unit unitCoins unnamed until viewers
    violation window`);

  it.each(eventTypes)('%s names no second creator, and nothing that nobody knows', (type) => {
    const unknown = fieldsOf(type).filter((field) => ![...parties, ...others].includes(field));
    expect(unknown).toEqual([]);
  });

  it('hold diamonds only where they are earned, settled or redeemed', () => {
    const amounts = ['millidiamonds', 'diamonds', 'quote'];
    const holding = eventTypes.filter((type) => fieldsOf(type).some((field) => amounts.includes(field)));
    // What is settled was earned by gifts; `DaySettled` sums it up, and a request takes it away.
    expect(holding).toEqual(['GiftSent', 'DaySettled', 'DiamondsSettled', 'RedemptionRequested']);
  });

  const quote = {
    ...{
      diamonds: 400,
      currency: 'USD',
      rate: { numerator: 1, denominator: 1 },
      feeMinor: 0,
      feePerMille: 0,
    },
    ...{ withholdingPerMille: 0, denominator: '1', gross: '400', fee: '0', withheld: '0', net: '400' },
    remainder: '0',
  };
  /** Every event of a creator's earnings, all that any of them may hold. */
  const sampleOf = (type: (typeof earningsEventTypes)[number]): EarningsEvent => {
    const said = {
      creator: 'carla',
      redemption: 'r1',
      by: 'olga',
      at: 1,
      key: 'k1',
      reason: 'r',
      reasons: [],
    };
    const paid = {
      provider: 'sandbox',
      reference: 'p1',
      quote,
      method: { provider: 'sandbox', reference: 'm' },
    };
    const earned = { day: '2026-11-20', gifts: 1, coins: '1', millidiamonds: '1000', hash: 'a'.repeat(64) };
    const event = readEvent({ type, data: { ...said, ...paid, ...earned } });
    return event as EarningsEvent;
  };
  const settled = { ...sampleOf('DiamondsSettled').data, day: '2026-11-19', millidiamonds: '1000000' };
  const begun = [
    { type: 'DiamondsSettled', data: settled },
    sampleOf('RedemptionRequested'),
  ] as EarningsEvent[];
  /** Carla's earnings with a redemption in each of its states. */
  const states = earningsEventTypes.map((type) => foldEarnings(initialEarnings, [...begun, sampleOf(type)]));
  const balance = (earnings: Earnings) =>
    balanceOf(earnings, { ...initialSettlement, availableThrough: '2026-12-01' });

  it.each(earningsEventTypes)('%s credits no more than was taken before', (type) => {
    for (const earnings of states) {
      const [before, after] = [balance(earnings), balance(foldEarnings(earnings, [sampleOf(type)]))];
      const comesBack = before.onTheWay + before.paid - after.onTheWay - after.paid;
      if (type === 'DiamondsSettled') expect(comesBack).toBe(0n);
      else expect([after.settled, after.available - before.available]).toEqual([before.settled, comesBack]);
    }
  });

  it('give diamonds back only where a redemption ends unpaid, or its money came back', () => {
    const [requested] = [foldEarnings(initialEarnings, begun)];
    const giving = earningsEventTypes.filter((type) => {
      const after = foldEarnings(requested!, [sampleOf(type)]);
      return type !== 'DiamondsSettled' && balance(after).available > balance(requested!).available;
    });
    const returns: Event['type'][] = [
      'RedemptionRefused',
      'RedemptionCancelled',
      'PayoutFailed',
      'PayoutReturned',
    ];
    expect(giving).toEqual(returns);
  });
});

type Operation = {
  parameters?: { name: string; in: string }[];
  requestBody?: { content: Record<string, { schema: { properties?: Record<string, object> } }> };
};
type Paths = Record<string, Record<string, Operation>>;

describe('routes and sockets', () => {
  const noon = Date.parse('2026-11-23T12:00:00Z');
  let now = noon - 2 * dayMs;
  let api: Awaited<ReturnType<typeof startApi>>;
  let paths: Paths;
  let sockets: {
    operations: Record<string, { action: string }>;
    channels: { gateway: { messages: Record<string, { payload: { properties?: object } }> } };
  };
  beforeAll(async () => {
    api = await startApi({ clock: { now: () => now } });
    paths = (await api.app.inject('/openapi.json')).json().paths;
    sockets = (await api.app.inject('/asyncapi.json')).json();
  });
  afterAll(() => api.close());

  const writing = () =>
    Object.entries(paths).flatMap(([path, methods]) =>
      Object.entries(methods)
        .filter(([method]) => method !== 'get')
        .map(([method, operation]) => ({ name: `${method.toUpperCase()} ${path}`, operation })),
    );
  const fieldsIn = ({ parameters = [], requestBody }: Operation): string[] => [
    ...parameters.map(({ name }) => name),
    ...Object.values(requestBody?.content ?? {}).flatMap(({ schema }) =>
      Object.keys(schema.properties ?? {}),
    ),
  ];

  it('name one creator at most, and hold nothing that nobody knows', () => {
    const known = words(`
      board by coins combo count creator currency denominator diamonds formYear from gift gifts grant
      guideline key live lives millidiamondsPerCoin name numerator period provider reason redemption
      reference status streakable title to until viewer violation window`);
    for (const { name, operation } of writing()) {
      const fields = fieldsIn(operation);
      expect(
        fields.filter((field) => !known.includes(field)),
        name,
      ).toEqual([]);
      expect(fields.filter((field) => field === 'creator').length, name).toBeLessThanOrEqual(1);
      const asksForDiamonds = fields.includes('diamonds');
      expect(asksForDiamonds, name).toBe(name.startsWith('POST /redemptions'));
    }
  });

  it('say nothing of creators or diamonds over sockets', () => {
    const said = Object.entries(sockets.operations)
      .filter(([, { action }]) => action === 'receive')
      .flatMap(([name]) => Object.keys(sockets.channels.gateway.messages[name]!.payload.properties ?? {}));
    expect([...new Set(said)].sort()).toEqual(words('after combo count gift live token viewer'));
  });

  const everything: Caller = { sub: 'olga', roles: ['operator', 'service', 'creator', 'viewer'] };
  const carla = { creator: 'carla' };
  const usd = { diamonds: 30_000, currency: 'USD' };
  /** Every route that writes, in an order in which each can do all it does; `R` is the newest redemption. */
  const calls: [route: string, url: string, body?: object][] = [
    ['PUT /catalogue/{gift}', '/catalogue/rose', { name: 'Rose', coins: 1, streakable: true }],
    ['POST /catalogue/{gift}/retire', '/catalogue/rose/retire'],
    ['POST /rates', '/rates', { millidiamondsPerCoin: 100_000 }],
    ['POST /rates/money', '/rates/money', { currency: 'USD', numerator: 1, denominator: 1 }],
    ['POST /grants', '/grants', { grant: 'g1', viewer: 'carla', coins: 1_000 }],
    ['POST /lives', '/lives', { live: 'l1', ...carla }],
    ['PUT /lives/{live}/goal', '/lives/l1/goal', { title: 'A hat', coins: 5 }],
    ['DELETE /lives/{live}/goal', '/lives/l1/goal'],
    ['POST /lives/{live}/blocks', '/lives/l1/blocks', { viewer: 'vera' }],
    ['DELETE /lives/{live}/blocks/{viewer}', '/lives/l1/blocks/vera'],
    ['POST /lives/{live}/end', '/lives/l1/end'],
    ['POST /boards', '/boards', { board: 'b1', by: 'creator' }],
    ['POST /boards/{board}/retire', '/boards/b1/retire'],
    ['PUT /creators/{creator}/identity', '/creators/carla/identity', { status: 'verified' }],
    ['PUT /creators/{creator}/tax', '/creators/carla/tax', { status: 'w9' }],
    ['DELETE /creators/{creator}/payout-method', '/creators/carla/payout-method'],
    [
      'PUT /creators/{creator}/payout-method',
      '/creators/carla/payout-method',
      { provider: 'sandbox', reference: 'm1' },
    ],
    ['POST /creators/{creator}/freeze', '/creators/carla/freeze', { reason: 'a check' }],
    ['POST /creators/{creator}/release', '/creators/carla/release', { reason: 'all well' }],
    [
      'POST /creators/{creator}/violations',
      '/creators/carla/violations',
      { violation: 'v1', guideline: 'g' },
    ],
    [
      'POST /creators/{creator}/violations/{violation}/withdraw',
      '/creators/carla/violations/v1/withdraw',
      { reason: 'a mistake' },
    ],
    ['POST /redemptions/quote', '/redemptions/quote', { ...usd, ...carla }],
    ['POST /redemptions', '/redemptions', { key: 'k1', ...usd, ...carla }],
    ['POST /creators/{creator}/redemptions/{redemption}/cancel', '/creators/carla/redemptions/R/cancel'],
    ['POST /redemptions', '/redemptions', { key: 'k2', ...usd, ...carla }],
    [
      'POST /creators/{creator}/redemptions/{redemption}/refuse',
      '/creators/carla/redemptions/R/refuse',
      { reason: 'a question' },
    ],
    ['POST /redemptions', '/redemptions', { key: 'k3', ...usd, ...carla }],
    ['POST /creators/{creator}/redemptions/{redemption}/approve', '/creators/carla/redemptions/R/approve'],
    ['POST /creators/{creator}/statements/{period}/issue', '/creators/carla/statements/2026-10/issue'],
  ];

  it('change nobody’s sum of diamonds, whatever is said and whoever says it', async () => {
    expect([...new Set(calls.map(([route]) => route))].sort()).toEqual(
      writing()
        .map(({ name }) => name)
        .sort(),
    );
    await settleDay(api.store, '2026-11-20', { carla: 90_000, chris: 500 });
    const sums = async (): Promise<bigint[]> => {
      const all = [];
      for (const creator of ['carla', 'chris', 'olga', 'vera']) {
        const { body } = await api.call('GET', `/creators/${creator}/balance`, everything);
        const { held, available, onTheWay, paid } = redemptions.balance.parse(body);
        all.push([held, available, onTheWay, paid].reduce((sum, part) => sum + BigInt(part), 0n));
      }
      return all;
    };
    const before = await sums();
    expect(before).toEqual([90_000_000n, 500_000n, 0n, 0n]);
    let newest = '';
    for (const [route, url, body] of calls) {
      now += dayMs;
      const method = route.split(' ')[0] as 'POST';
      const by = route.endsWith('/approve') ? { ...everything, sub: 'oscar' } : everything;
      const answer = await api.call(method, url.replace('/R/', `/${newest}/`), by, body);
      expect(answer.status, `${route}: ${JSON.stringify(answer.body)}`).toBeLessThan(300);
      if (route === 'POST /redemptions') newest = answer.body.redemption as string;
      expect(await sums(), route).toEqual(before);
    }
  });
});
