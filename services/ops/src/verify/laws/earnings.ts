import type { Differences } from '../../outcome.ts';
import { type Fact, nameOf } from '../stored.ts';
import { type Account, createAccounts, type Places } from './accounts.ts';
import { createConservation } from './conservation.ts';
import { createDays } from './days.ts';
import { createRedemptions, isStep } from './redemptions.ts';

/** What diamonds have become. Sums may pass 2^53, so they are text. */
export type EarningsSums = {
  /** Thousandths of diamonds; together they are all that was awarded. */
  readonly diamonds: Readonly<Record<keyof Places, string>>;
  readonly closedThrough: string | null;
  readonly settledThrough: string | null;
  readonly redemptions: number;
  /** Whole minor units, per currency in order of code: sent = in flight + paid. */
  readonly money: readonly {
    readonly currency: string;
    readonly sent: string;
    readonly inFlight: string;
    readonly paid: string;
  }[];
};

export type EarningsLaws = {
  see(fact: Fact): void;
  /** At the end of the log: what only shows there, and the sums. @param awarded by all bookings */
  finish(awarded: bigint): EarningsSums;
};

type EarningsFact =
  | Extract<Fact, { readonly data: { readonly creator: string; readonly redemption: string } }>
  | Fact<'DiamondsSettled'>;

const textOf = <Name extends string>(sums: Readonly<Record<Name, bigint>>): Record<Name, string> =>
  Object.fromEntries(Object.entries<bigint>(sums).map(([name, sum]) => [name, String(sum)])) as Record<
    Name,
    string
  >;

/**
 * The way from diamonds to money: all that was awarded is pending, held, available, on the way or paid, of
 * every creator and in all, and what was sent of money is in flight or paid.
 * @param cuts the days of all `DayClosed` in the log
 */
export const createEarnings = (differences: Differences, cuts: readonly string[]): EarningsLaws => {
  const accounts = createAccounts();
  const days = createDays(differences, cuts, accounts);
  const redemptions = createRedemptions(differences);
  const conservation = createConservation(differences, accounts);

  /** What all events of a creator's earnings have in common. */
  const accountOf = ({ data, stored }: EarningsFact): Account => {
    const wrong = (what: string): void => differences.add(`${nameOf(stored)}: ${what}.`);
    if (stored.stream !== `earnings-${data.creator}`) wrong(`it names the creator ${data.creator}`);
    const account = accounts.of(data.creator);
    if (data.at < account.at) {
      wrong(`its time ${data.at} lies before that of the event before it, ${account.at}`);
    }
    account.at = data.at;
    conservation.change(data.creator);
    return account;
  };

  return {
    see: (fact) => {
      if (isStep(fact)) return redemptions.step(fact, accountOf(fact));
      switch (fact.type) {
        case 'GiftSent':
          conservation.change(fact.data.creator);
          return days.book(fact);
        case 'MoneyRateSet':
          return redemptions.setRate(fact);
        case 'DayClosed':
          days.close(fact);
          return conservation.check(nameOf(fact.stored));
        case 'DaySettled':
          days.finish(fact);
          return conservation.check(nameOf(fact.stored));
        case 'DiamondsSettled':
          return days.settle(fact, accountOf(fact));
        case 'RedemptionRequested':
          return redemptions.request(fact, accountOf(fact));
      }
    },
    finish: (awarded) => {
      const diamonds = textOf(conservation.finish(awarded));
      const { money, count } = redemptions.finish();
      return {
        ...{ diamonds, ...days.reached(), redemptions: count },
        money: money.map(([currency, sums]) => ({ currency, ...textOf(sums) })),
      };
    },
  };
};
