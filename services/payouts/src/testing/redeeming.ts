import {
  defaultPolicy,
  type Event,
  initialMoneyRates,
  type RedemptionTerms,
  requestRedemption,
  streams,
} from '@carat/domain';
import { appendSurely, type EventStore, type Expected, type StreamWrite } from '@carat/event-store';
import { earningsFold, foldStream, moneyRatesFold, settlementFold, standingFold } from '@carat/history';
import { appendDecided, toStored } from '../append.ts';

const dayMs = 86_400_000;
const streamsAtOnce = 100;

/** Half a cent for a diamond. */
export const centsPerDiamond = { currency: 'USD', numerator: 1, denominator: 2 } as const;

/** A booking of so many whole diamonds, by a viewer of the creator's own. */
export const giftOf = (creator: string, diamonds: number, at: number): Event<'GiftSent'> => ({
  type: 'GiftSent',
  data: {
    ...{ combo: `combo-${creator}-${at}`, viewer: `fan-of-${creator}`, live: `live-of-${creator}`, creator },
    ...{ gift: 'rose', booked: 1, count: 1, coins: diamonds, millidiamonds: diamonds * 1_000 },
    ...{ unitCoins: diamonds, rate: 1_000, at, after: { balance: 0 } },
  },
});

const appendAll = async (store: EventStore, writes: readonly StreamWrite[]): Promise<void> => {
  for (let n = 0; n < writes.length; n += streamsAtOnce) {
    const result = await appendSurely(store, writes.slice(n, n + streamsAtOnce));
    if (!result.appended) throw new Error(`Not as expected: ${JSON.stringify(result.conflicts[0])}`);
  }
};

const write = (stream: string, expected: Expected, ...events: readonly Event[]): StreamWrite => ({
  stream,
  expected,
  events: toStored(events),
});

/** Gives each of some new creators a gift, and all that a redemption asks for. */
export const raiseCreators = async (
  store: EventStore,
  creators: readonly string[],
  { diamonds, now, provider = 'sandbox' }: { diamonds: number; now: number; provider?: string },
): Promise<void> => {
  const said = { by: 'platform', at: now - 2 * dayMs };
  const rate: Event<'MoneyRateSet'> = {
    type: 'MoneyRateSet',
    data: { ...centsPerDiamond, ...said, from: said.at },
  };
  await appendAll(store, [
    write(streams.rates, 'no_stream', rate),
    ...creators.map((creator) =>
      write(streams.wallet(`fan-of-${creator}`), 'no_stream', giftOf(creator, diamonds, now)),
    ),
    ...creators.map((creator) =>
      write(
        streams.standing(creator),
        'no_stream',
        { type: 'IdentityStatusSet', data: { creator, ...said, status: 'verified', reference: 'id-1' } },
        { type: 'PayoutMethodSet', data: { creator, ...said, provider, reference: `account-of-${creator}` } },
      ),
    ),
  ]);
};

/** A policy by which nothing waits for an operator, however much it is. */
export const freePolicy: RedemptionTerms['policy'] = {
  ...defaultPolicy,
  minDiamonds: 1,
  maxDiamonds: 1_000_000_000,
  reviewAboveDiamonds: 1_000_000_000,
};

/**
 * Asks for some redemptions of a creator, as the api would.
 * @returns what was refused, by redemption
 */
export const requestAll = async (
  store: EventStore,
  creator: string,
  redemptions: readonly string[],
  {
    diamonds,
    now,
    policy = freePolicy,
  }: { diamonds: number; now: number; policy?: RedemptionTerms['policy'] },
): Promise<Record<string, string>> => {
  const { state: settlement } = await foldStream(store, settlementFold).read();
  const { state: standing } = await foldStream(store, standingFold(creator)).read();
  const { state: rates = initialMoneyRates } = await foldStream(store, moneyRatesFold).read();
  const terms = { settlement, standing, rates, policy };
  const earnings = foldStream(store, earningsFold(creator));
  const refused: Record<string, string> = {};
  for (const redemption of redemptions) {
    const { state, expected } = await earnings.read();
    const ask = { redemption, key: redemption, creator, diamonds, currency: 'USD', by: creator, now };
    const decision = requestRedemption(ask, state, terms);
    if (decision.refused) refused[redemption] = decision.refusal.refused;
    else if (!(await appendDecided(store, streams.earnings(creator), expected, decision.events))) {
      refused[redemption] = 'conflict';
    }
  }
  return refused;
};
