import { millidiamondsPerDiamond } from './earnings.ts';
import type { EarningsEvent, SettlementEvent } from './events.ts';
import { addFractions, type Fraction, formatFraction, fractionOf, zero } from './fraction.ts';
import type { Quote } from './payout-events.ts';
import { addDays } from './settlement.ts';

/** A statement that was given out, alone in its stream: `statement-<creatorId>-<period>`. */
export const statementEventTypes = ['StatementIssued'] as const;

/** Days from the first to the last, both within. */
export type Period = { readonly from: string; readonly to: string };

/** @param month as `2026-11` */
export const monthPeriod = (month: string): Period => {
  const from = `${month}-01`;
  const next = `${addDays(from, 31).slice(0, 'yyyy-mm'.length)}-01`;
  return { from, to: addDays(next, -1) };
};

/** @param year as `2026` */
export const yearPeriod = (year: string): Period => ({ from: `${year}-01-01`, to: `${year}-12-31` });

const lines = ['gross', 'fee', 'withheld', 'net', 'remainder'] as const;
type MoneyLines = Record<(typeof lines)[number], Fraction>;

/** Whole minor units and exact parts of them, as `95` or `1901/20`. */
export type StatedMoney = Readonly<Record<(typeof lines)[number], string>>;

/** Diamonds are thousandths, as text; opening + earned − redeemed + returned = closing. */
export type Statement = {
  readonly creator: string;
  readonly period: Period;
  /** Whether the log holds all of the period: made again, it is the same for ever. */
  readonly final: boolean;
  readonly millidiamonds: Readonly<
    Record<'opening' | 'earned' | 'redeemed' | 'returned' | 'closing', string>
  >;
  /** What was paid within the period, and what of paid money came back, per currency in order of code. */
  readonly money: readonly {
    readonly currency: string;
    readonly paid: StatedMoney;
    readonly returned: StatedMoney;
  }[];
};

type Booked =
  | { readonly diamonds: 'earned' | 'redeemed' | 'returned'; readonly millidiamonds: bigint }
  | { readonly money: 'paid' | 'returned'; readonly quote: Quote };

/** What an event of a creator's earnings changes, in diamonds and in money. */
const createMovements = () => {
  const redemptions = new Map<string, { readonly quote: Quote; readonly paid: boolean }>();

  return (event: Exclude<EarningsEvent, { readonly type: 'DiamondsSettled' }>): Booked[] => {
    if (event.type === 'RedemptionRequested') {
      const { redemption, quote } = event.data;
      redemptions.set(redemption, { quote, paid: false });
      return [{ diamonds: 'redeemed', millidiamonds: BigInt(quote.diamonds) * millidiamondsPerDiamond }];
    }
    const known = redemptions.get(event.data.redemption);
    if (known === undefined) return [];
    const { quote, paid } = known;
    switch (event.type) {
      case 'PayoutPaid':
        redemptions.set(event.data.redemption, { quote, paid: true });
        return [{ money: 'paid', quote }];
      case 'RedemptionRefused':
      case 'RedemptionCancelled':
      case 'PayoutFailed':
      case 'PayoutReturned': {
        const back = {
          diamonds: 'returned',
          millidiamonds: BigInt(quote.diamonds) * millidiamondsPerDiamond,
        } as const;
        return paid ? [back, { money: 'returned', quote }] : [back];
      }
      default:
        return [];
    }
  };
};

/** Adds up what falls before a period and what falls into it. */
const createSums = ({ from, to }: Period) => {
  const diamonds = { opening: 0n, earned: 0n, redeemed: 0n, returned: 0n };
  const money = new Map<string, Record<'paid' | 'returned', MoneyLines>>();

  const bookMoney = (which: 'paid' | 'returned', quote: Quote): void => {
    const sums = money.get(quote.currency) ?? { paid: noMoney(), returned: noMoney() };
    const exact = linesOf(quote);
    for (const line of lines) sums[which][line] = addFractions(sums[which][line], exact[line]);
    money.set(quote.currency, sums);
  };

  return {
    diamonds,
    money,
    book(day: string, booked: Booked): void {
      if (day > to) return;
      if ('money' in booked) {
        if (day >= from) bookMoney(booked.money, booked.quote);
      } else if (day >= from) {
        diamonds[booked.diamonds] += booked.millidiamonds;
      } else {
        diamonds.opening += booked.diamonds === 'redeemed' ? -booked.millidiamonds : booked.millidiamonds;
      }
    },
  };
};

const noMoney = (): MoneyLines => ({ gross: zero, fee: zero, withheld: zero, net: zero, remainder: zero });

const linesOf = (quote: Quote): MoneyLines => {
  const exact = (numerator: string): Fraction => fractionOf(BigInt(numerator), BigInt(quote.denominator));
  const { gross, fee, withheld, remainder, net } = quote;
  return {
    gross: exact(gross),
    fee: exact(fee),
    withheld: exact(withheld),
    remainder: exact(remainder),
    net: fractionOf(BigInt(net), 1n),
  };
};

const stateMoney = (exact: MoneyLines): StatedMoney => ({
  gross: formatFraction(exact.gross),
  fee: formatFraction(exact.fee),
  withheld: formatFraction(exact.withheld),
  net: formatFraction(exact.net),
  remainder: formatFraction(exact.remainder),
});

/**
 * A creator's statement from the events of `settlement` and of its earnings, in the order of the log. What
 * was earned falls on the day it was settled for; all else on the day whose `DayClosed` comes next in the
 * log: the cut that gifts have, so that no clock moves anything from one statement to another. What no closed
 * day covers yet is in no statement.
 */
export const stateEarnings = (
  creator: string,
  period: Period,
  events: Iterable<SettlementEvent | EarningsEvent>,
): Statement => {
  const sums = createSums(period);
  const movementsOf = createMovements();
  let open: Booked[] = [];
  let final = false;
  for (const event of events) {
    switch (event.type) {
      case 'DaySettled':
        final ||= event.data.day >= period.to;
        break;
      case 'DayClosed':
        for (const booked of open) sums.book(event.data.day, booked);
        open = [];
        break;
      case 'DiamondsSettled': {
        const millidiamonds = BigInt(event.data.millidiamonds);
        sums.book(event.data.day, { diamonds: 'earned', millidiamonds });
        break;
      }
      default:
        open.push(...movementsOf(event));
    }
  }
  const { opening, earned, redeemed, returned } = sums.diamonds;
  return {
    creator,
    period,
    final,
    millidiamonds: {
      opening: String(opening),
      earned: String(earned),
      redeemed: String(redeemed),
      returned: String(returned),
      closing: String(opening + earned - redeemed + returned),
    },
    money: [...sums.money]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([currency, { paid, returned: back }]) => ({
        currency,
        paid: stateMoney(paid),
        returned: stateMoney(back),
      })),
  };
};
