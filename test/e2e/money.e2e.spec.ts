import { addDays, dayOf, type Event, streams } from '@carat/domain';
import { type EventStore, openEventStore } from '@carat/event-store';
import { type RefusalCode, redemptions, refusals } from '@carat/protocol';
import { v4, v7 } from 'uuid';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { moneyRefusals } from './money-refusals.ts';
import { outcome, raiseStage, type Stage } from './stage.ts';

const dayMs = 86_400_000;
const yesterday = addDays(dayOf(Date.now()), -1);

let stage: Stage;
let store: EventStore;
const seen = new Set<string>();

beforeAll(async () => {
  stage = await raiseStage();
  store = await openEventStore(stage.system.eventStore);
});
afterAll(async () => {
  await store?.close();
  await stage?.stop();
});

const append = async (stream: string, ...events: Event[]): Promise<void> => {
  const page = await store.readStream(stream, { direction: 'backwards', limit: 1 });
  const expected = page.exists ? page.last : 'no_stream';
  const stored = events.map(({ type, data }) => ({ id: v4(), type, data }));
  expect(await store.append([{ stream, expected, events: stored }])).toMatchObject({ appended: true });
};

/** What the service that settles writes when a day is over, here for one that ended at midnight. */
const settle = async (creator: string, diamonds: number): Promise<void> => {
  const at = Date.now();
  await append(streams.settlement, {
    type: 'DayClosed',
    data: { day: yesterday, previous: null, holdDays: 0, at },
  });
  const sums = { gifts: 1, coins: String(diamonds), millidiamonds: `${diamonds}000` };
  const data = { creator, day: yesterday, ...sums, hash: 'a'.repeat(64), at };
  await append(streams.earnings(creator), { type: 'DiamondsSettled', data });
  const all = { day: yesterday, creators: 1, ...sums, at };
  await append(streams.settlement, { type: 'DaySettled', data: all });
};

/** Vouched for long enough to be paid. */
const vouchFor = async (creator: string): Promise<void> => {
  const of = { creator, by: 'platform', at: Date.now() - 2 * dayMs };
  await append(
    streams.standing(creator),
    { type: 'IdentityStatusSet', data: { ...of, status: 'verified', reference: 'doc-1' } },
    { type: 'PayoutMethodSet', data: { ...of, provider: 'sandbox', reference: 'm1' } },
  );
};

const expectRefused = async (
  code: RefusalCode,
  method: string,
  path: string,
  body?: object,
  as?: { role: 'creator' | 'operator'; sub: string },
): Promise<object> => {
  const answer = await stage.call(method, path, body, as);
  expect(answer).toMatchObject({ status: refusals[code].status, body: { refused: code } });
  seen.add(code);
  return answer.body as object;
};

const operator = { role: 'operator', sub: 'olga' } as const;
const setRate = (numerator: number, denominator: number, currency = 'USD') =>
  stage.ask('POST', '/rates/money', { currency, numerator, denominator }, operator);

/** A live in which somebody gave so many gifts of 1,000 coins. */
const earn = async (gifts: number): Promise<{ live: string; creator: string; gift: string }> => {
  const show = await stage.openLive({ coins: 1_000 });
  const viewer = `viewer-${v7()}`;
  await stage.grant(viewer, gifts * 1_000);
  const client = await stage.join('viewer', viewer);
  await client.claim({ combo: v7(), live: show.live, gift: show.gift, count: gifts });
  return show;
};

describe('from gifts to money', () => {
  let creator: string;
  const self = () => ({ role: 'creator', sub: creator }) as const;
  const ask = (diamonds: number, more: object = {}) => ({ diamonds, currency: 'USD', ...more });

  it('what was given is settled, and adds up at one place', async () => {
    ({ creator } = await earn(40));
    await settle(creator, 40_000);
    await vouchFor(creator);
    await expect
      .poll(async () => (await stage.ask('GET', `/creators/${creator}/balance`, undefined, self())).available)
      .toBe('40000000');
    const balance = await stage.ask('GET', `/creators/${creator}/balance`, undefined, self());
    expect(redemptions.balance.parse(balance)).toMatchObject({
      awarded: '40000000',
      pending: '0',
      held: '0',
    });
    const day = `/creators/${creator}/settlements/${yesterday}/gifts`;
    expect((await stage.ask('GET', day, undefined, self())).gifts).toMatchObject([
      { booked: 40, coins: 40_000, millidiamonds: 40_000_000 },
    ]);
  });

  it('9,999 are refused; 10,000 at a cent make $100.00, and less 5 % $95.00', async () => {
    await setRate(1, 1);
    const asked = ask(9_999, { key: 'k1' });
    const refused = await expectRefused('redemption_below_minimum', 'POST', '/redemptions', asked, self());
    expect(refused).toMatchObject({ minimum: '10000' });
    const quote = await stage.ask('POST', '/redemptions/quote', ask(10_000), self());
    expect(quote).toMatchObject({ gross: '10000', fee: '500', withheld: '0', net: '9500', denominator: '1' });
    const made = await stage.ask('POST', '/redemptions', ask(10_000, { key: 'k1' }), self());
    expect(made).toMatchObject({ status: 'approved', quote });
    expect(await stage.ask('POST', '/redemptions', ask(10_000, { key: 'k1' }), self())).toEqual(made);
  });

  it('the rate halves, and so does what the next 10,000 come to', async () => {
    await setRate(1, 2);
    const made = await stage.ask('POST', '/redemptions', ask(10_000, { key: 'k2' }), self());
    expect(made.quote).toMatchObject({ gross: '5000', net: '4750' });
    const { redemptions: all } = await stage.ask(
      'GET',
      `/creators/${creator}/redemptions`,
      undefined,
      self(),
    );
    expect(all.map(({ quote }: redemptions.RedemptionShown) => quote.net)).toEqual(['4750', '9500']);
  });

  it('what is too much, comes to nothing, was asked for otherwise or has no rate is refused', async () => {
    const quote = (body: object) => ['POST', '/redemptions/quote', body, self()] as const;
    const few = await expectRefused('too_few_diamonds', ...quote(ask(20_001)));
    expect(few).toMatchObject({ available: '20000' });
    const most = await expectRefused('redemption_above_maximum', ...quote(ask(180_001)));
    expect(most).toMatchObject({ maximum: '200000', left: '180000' });
    await expectRefused('currency_not_offered', ...quote({ diamonds: 10_000, currency: 'EUR' }));
    await setRate(1, 1_000_000, 'JPY');
    await expectRefused('redemption_leaves_nothing', ...quote({ diamonds: 10_000, currency: 'JPY' }));
    const other = ask(10_001, { key: 'k1' });
    await expectRefused('redemption_key_taken', 'POST', '/redemptions', other, self());
  });

  it('what was asked for is taken back once; nothing else is', async () => {
    const made = await stage.ask('POST', '/redemptions', ask(15_000, { key: 'k3' }), self());
    expect(made).toMatchObject({ status: 'in_review' });
    const url = `/creators/${creator}/redemptions/${made.redemption}`;
    await stage.ask('POST', `${url}/cancel`, undefined, self());
    await expectRefused('redemption_too_late', 'POST', `${url}/approve`, undefined, operator);
    await expectRefused('redemption_unknown', 'GET', `/creators/${creator}/redemptions/r9`);
  });

  it('a month is stated, and issued once it is over', async () => {
    const statementOf = (day: string) => `/creators/${creator}/statements/${day.slice(0, 'yyyy-mm'.length)}`;
    const stated = await stage.ask('GET', statementOf(yesterday), undefined, self());
    expect(redemptions.statement.parse(stated).millidiamonds.earned).toBe('40000000');
    const month = statementOf(dayOf(Date.now()));
    await expectRefused('statement_not_final', 'POST', `${month}/issue`, undefined, self());
    await expectRefused('statement_not_issued', 'GET', `${month}/pdf`, undefined, self());
  });
});

describe('who may not', () => {
  it('whose details are missing, wrong or new', async () => {
    const creator = `creator-${v7()}`;
    const of = `/creators/${creator}`;
    const quote = ['POST', '/redemptions/quote', { diamonds: 10_000, currency: 'USD', creator }] as const;
    await expectRefused('identity_not_verified', ...quote);
    await stage.ask('PUT', `${of}/identity`, { status: 'verified' });
    await expectRefused('payout_method_missing', ...quote);
    const elsewhere = { provider: 'mattress', reference: 'm1' };
    await expectRefused('provider_not_offered', 'PUT', `${of}/payout-method`, elsewhere);
    await stage.ask('PUT', `${of}/payout-method`, { provider: 'sandbox', reference: 'm1' });
    const tooNew = await expectRefused('payout_method_too_new', ...quote);
    expect((tooNew as { retryAfterMs: number }).retryAfterMs).toBeGreaterThan(dayMs - 60_000);
  });

  it('who violated guidelines: warned, without gifts, held, and closed at last', async () => {
    const creator = `creator-${v7()}`;
    await vouchFor(creator);
    const violations = `/creators/${creator}/violations`;
    const quote = ['POST', '/redemptions/quote', { diamonds: 10_000, currency: 'USD', creator }] as const;
    const record = (violation: string) => stage.ask('POST', violations, { violation, guideline: 'g-7' });
    for (const violation of ['v1', 'v2']) await record(violation);
    await expectRefused('too_few_diamonds', ...quote);
    await record('v3');
    await expectRefused('redemption_held', ...quote);
    await record('v4');
    await expectRefused('creator_closed', ...quote);
    const other = { violation: 'v1', guideline: 'g-8' };
    await expectRefused('violation_id_taken', 'POST', violations, other);
    await expectRefused('violation_unknown', 'POST', `${violations}/v9/withdraw`, { reason: 'r' });
  });

  it('who is frozen: no money, and no gifts, which cost nothing; released, both go on', async () => {
    const { live, creator, gift } = await stage.openLive({ coins: 10 });
    await vouchFor(creator);
    const viewer = `viewer-${v7()}`;
    await stage.grant(viewer, 100);
    const client = await stage.join('viewer', viewer);
    const claim = { combo: v7(), live, gift, count: 1 };
    const first = await client.claim(claim);
    const freeze = `/creators/${creator}/freeze`;
    await expectRefused('freeze_ends_in_the_past', 'POST', freeze, { reason: 'a check', until: 1 });
    await stage.ask('POST', freeze, { reason: 'a check' });
    const quote = ['POST', '/redemptions/quote', { diamonds: 10_000, currency: 'USD', creator }] as const;
    await expectRefused('creator_frozen', ...quote);
    // The gateway hears of it within a second; a gift until then was given before.
    let coins = 10;
    await expect
      .poll(async () => {
        const answer = await outcome(client.claim({ ...claim, combo: v7() }));
        if ('refused' in answer) return answer.refused;
        coins += 10;
        return undefined;
      })
      .toBe('creator_takes_no_gifts');
    seen.add('creator_takes_no_gifts');
    expect((await stage.ask('GET', `/wallets/${viewer}`)).balance).toBe(100 - coins);
    expect(await client.claim(claim)).toMatchObject({ combo: first.combo, count: 1, coins: 10 });
    await stage.ask('POST', `/creators/${creator}/release`, { reason: 'all well' });
    expect(await outcome(client.claim({ ...claim, combo: v7() }))).toMatchObject({ count: 1 });
    await expectRefused('too_few_diamonds', ...quote);
  });
});

it('met every refusal on the way from diamonds to money', () => {
  expect([...seen].sort()).toEqual([...moneyRefusals].sort());
});
