import type { Differences } from '../../outcome.ts';
import { type Fact, nameOf } from '../stored.ts';
import type { Account } from './accounts.ts';
import { createPayouts, keyOf, type Payout, type PayoutFact } from './payouts.ts';
import { createQuotes } from './quotes.ts';

type Step = Exclude<Extract<Fact['type'], `Redemption${string}` | `Payout${string}`>, 'RedemptionRequested'>;
type Known = {
  /** The last event of it. */
  stands: Step | 'RedemptionRequested';
  readonly millidiamonds: bigint;
  readonly payout: Payout;
};

/** What each event of a redemption may come directly after. */
const follows: Readonly<Record<Step, readonly Known['stands'][]>> = {
  RedemptionPutInReview: ['RedemptionRequested'],
  RedemptionApproved: ['RedemptionRequested', 'RedemptionPutInReview'],
  RedemptionRefused: ['RedemptionPutInReview', 'RedemptionApproved', 'PayoutNotMade'],
  RedemptionCancelled: ['RedemptionPutInReview', 'RedemptionApproved', 'PayoutNotMade'],
  PayoutStarted: ['RedemptionApproved', 'PayoutNotMade'],
  PayoutNotMade: ['PayoutStarted'],
  // A payout that was given up may turn out to have been made after all.
  PayoutSent: ['PayoutStarted', 'PayoutNotMade'],
  PayoutPaid: ['PayoutStarted', 'PayoutNotMade', 'PayoutSent'],
  PayoutFailed: ['PayoutStarted', 'PayoutSent'],
  PayoutReturned: ['PayoutStarted', 'PayoutSent', 'PayoutPaid'],
};

/** Whether an event is one of a redemption that was requested before. */
export const isStep = (fact: Fact): fact is Fact<Step> => Object.hasOwn(follows, fact.type);

const isPayoutFact = (fact: Fact<Step>): fact is PayoutFact => fact.type.startsWith('Payout');

/** Where the diamonds of a redemption are; once it has ended otherwise they are available again. */
const placeOf = (stands: Known['stands']): 'available' | 'onTheWay' | 'paid' => {
  switch (stands) {
    case 'PayoutPaid':
      return 'paid';
    case 'RedemptionRefused':
    case 'RedemptionCancelled':
    case 'PayoutFailed':
    case 'PayoutReturned':
      return 'available';
    default:
      return 'onTheWay';
  }
};

const isInFlight = (stands: Known['stands']): boolean =>
  stands === 'PayoutStarted' || stands === 'PayoutSent';

/** Whole minor units. */
export type Money = { sent: bigint; inFlight: bigint; paid: bigint };

/**
 * A redemption takes what is available, once under one key, and goes only the ways that it may, so that
 * nothing is paid twice. What is remembered grows with redemptions.
 */
export const createRedemptions = (differences: Differences) => {
  const quotes = createQuotes();
  const payouts = createPayouts(differences);
  const known = new Map<string, Known>();
  const keys = new Set<string>();

  const request = (fact: Fact<'RedemptionRequested'>, account: Account): void => {
    const { creator, redemption, key, quote, method } = fact.data;
    const wrong = (what: string): void => differences.add(`${nameOf(fact.stored)}: ${what}.`);
    for (const fault of quotes.check(fact)) wrong(fault);
    if (known.has(keyOf(fact.data))) wrong(`the redemption ${redemption} was requested before`);
    if (keys.has(`${creator} ${key}`)) wrong(`${creator} has requested something by the key ${key} before`);
    keys.add(`${creator} ${key}`);
    const { available } = account;
    const millidiamonds = BigInt(quote.diamonds) * 1_000n;
    account.available -= millidiamonds;
    account.onTheWay += millidiamonds;
    if (account.available < 0n) {
      wrong(`${quote.diamonds} diamonds are redeemed, but ${available} millidiamonds were available`);
    }
    const money = { currency: quote.currency, net: BigInt(quote.net), provider: method.provider };
    const payout = { ...money, reference: undefined, isListName: false, startedAt: 0, isOut: false };
    known.set(keyOf(fact.data), { stands: fact.type, millidiamonds, payout });
  };

  const step = (fact: Fact<Step>, account: Account): void => {
    const { type, data, stored } = fact;
    const wrong = (what: string): void => differences.add(`${nameOf(stored)}: ${what}.`);
    const of = known.get(keyOf(data));
    if (of === undefined) return wrong(`the redemption ${data.redemption} was never requested`);
    if (!follows[type].includes(of.stands)) {
      wrong(`the redemption ${data.redemption} stands at ${of.stands}, which no ${type} may follow`);
    }
    if (isPayoutFact(fact)) payouts.see(fact, of.payout);
    account[placeOf(of.stands)] -= of.millidiamonds;
    account[placeOf(type)] += of.millidiamonds;
    of.stands = type;
  };

  /** By currency: what was sent, and of which redemptions it is in flight or paid. */
  const addUp = (): Map<string, Money> => {
    const money = new Map<string, Money>();
    for (const [currency, sent] of payouts.sent()) money.set(currency, { sent, inFlight: 0n, paid: 0n });
    for (const { stands, payout } of known.values()) {
      const sums = money.get(payout.currency);
      if (sums && isInFlight(stands)) sums.inFlight += payout.net;
      else if (sums && stands === 'PayoutPaid') sums.paid += payout.net;
    }
    return money;
  };

  return {
    setRate: quotes.setRate,
    request,
    step,
    /** At the end of the log: what was sent is in flight or paid. @returns sums in order of currency */
    finish(): { readonly count: number; readonly money: (readonly [currency: string, sums: Money])[] } {
      const money = [...addUp()].sort(([a], [b]) => (a < b ? -1 : 1));
      for (const [currency, { sent, inFlight, paid }] of money) {
        if (sent === inFlight + paid) continue;
        differences.add(
          `${sent} minor units of ${currency} were sent, but ${inFlight} are in flight and ${paid} paid.`,
        );
      }
      return { count: known.size, money };
    },
  };
};
