import {
  askedLately,
  availableWith,
  balanceOf,
  type Earnings,
  isAvailable,
  millidiamondsPerDiamond,
  moneyRateAt,
  moneySent,
  offerRedemption,
  type Settlement,
  withholdingOf,
} from '@carat/domain';
import type { EventStore, Position } from '@carat/event-store';
import { earningsFold, foldUpTo, settlementFold } from '@carat/history';
import { type AsOf, isRefusal, type redemptions } from '@carat/protocol';
import type { Numbers } from '../numbers.ts';
import type { Standpoint } from './desk.ts';

/** What a creator was ever given, and as of when. */
type Awarded = { readonly asOf: AsOf; readonly millidiamonds: number };

/** All of a balance but what may be done with it. */
type Sums = Omit<redemptions.Balance, 'terms'>;

/**
 * How a creator's earnings stand. What was awarded comes from the read models; all else is folded from the
 * log as of the very place they stand at, so that the parts add up. Without them it is as of the log's end.
 * @throws EventStoreError
 */
export const readBalance = async (store: EventStore, numbers: Numbers, creator: string): Promise<Sums> => {
  const read = await numbers((reader) => reader.earnings(creator));
  const awarded = isRefusal(read) ? undefined : read;
  const place = awarded ? awarded.asOf.position : (await store.head())?.position;
  const upTo = (place ?? undefined) as Position | undefined;
  const [earnings, settlement] = await Promise.all([
    foldUpTo(store, earningsFold(creator), upTo),
    foldUpTo(store, settlementFold, upTo),
  ]);
  return { creator, ...sumUp(earnings, settlement, awarded) };
};

const sumUp = (earnings: Earnings, settlement: Settlement, awarded: Awarded | undefined) => {
  const { settled, held, available, onTheWay, paid } = balanceOf(earnings, settlement);
  const money = [...moneySent(earnings)].sort(([a], [b]) => (a < b ? -1 : 1));
  return {
    asOf: awarded?.asOf ?? null,
    awarded: awarded ? String(awarded.millidiamonds) : null,
    pending: awarded ? String(BigInt(awarded.millidiamonds) - settled) : null,
    held: String(held),
    available: String(available),
    onTheWay: String(onTheWay),
    paid: String(paid),
    becomes: listHeld(earnings, settlement),
    money: money.map(([currency, sent]) => ({
      currency,
      inFlight: String(sent.inFlight),
      paid: String(sent.paid),
    })),
  };
};

/** What is held, by the day whose closing ends that, the nearest first. */
const listHeld = (earnings: Earnings, settlement: Settlement): Sums['becomes'] => {
  const held = new Map<string, bigint>();
  for (const [day, { millidiamonds }] of earnings.days) {
    if (isAvailable(settlement, day)) continue;
    const by = availableWith(day, settlement.holdDays ?? 0);
    held.set(by, (held.get(by) ?? 0n) + millidiamonds);
  }
  return [...held]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([by, sum]) => ({ with: by, millidiamonds: String(sum) }));
};

const smaller = (a: bigint, b: bigint): bigint => (a < b ? a : b);

/** What a creator may redeem as things stand now, or what stands in its way. */
export const termsOf = (
  { state: earnings, terms }: Pick<Standpoint, 'state' | 'terms'>,
  clockNow: number,
): redemptions.Balance['terms'] => {
  const { policy, standing, settlement, rates } = terms;
  const now = Math.max(clockNow, earnings.at);
  const currencies = [...new Set(rates.map(({ currency }) => currency))]
    .filter((currency) => moneyRateAt(rates, currency, now) !== undefined)
    .sort();
  const ask = (currency: string) =>
    offerRedemption({ diamonds: policy.minDiamonds, currency, now }, earnings, terms);
  // Without any currency the answer is that none is offered, unless something worse stands in the way.
  const offers = (currencies.length > 0 ? currencies : ['']).map(ask);
  const [first] = offers;
  const left = Math.max(0, policy.maxDiamonds - askedLately(earnings, now));
  const available = balanceOf(earnings, settlement).available / millidiamondsPerDiamond;
  return {
    minimumDiamonds: policy.minDiamonds,
    maximumDiamonds: policy.maxDiamonds,
    leftDiamonds: left,
    redeemableDiamonds: Number(smaller(BigInt(left), available)),
    feePerMille: policy.feePerMille,
    withholdingPerMille: withholdingOf(standing, policy, now),
    currencies,
    refused: offers.every(({ refused }) => refused) && first?.refused ? first.refusal : null,
  };
};
