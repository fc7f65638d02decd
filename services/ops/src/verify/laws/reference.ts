import type { Differences } from '../../outcome.ts';
import { type Fact, nameOf } from '../stored.ts';

/** In thousandths of a diamond per coin, until a rate is set. */
const firstRate = 1_000;
/** Faults remembered as told. */
const maxTold = 1_000;

/**
 * What bookings refer to has been in the log before them: the live and its creator, the price, the rate. The
 * same fault of many bookings is told once, with the first of them. No rate begins before it was set.
 */
export const createReference = (differences: Differences): { see(fact: Fact): void } => {
  const lives = new Map<string, { readonly creator: string; readonly at: number }>();
  const prices = new Map<string, Set<number>>();
  const rates = new Set([firstRate]);
  const told = new Set<string>();

  const tell = ({ stored }: Fact, what: string): void => {
    if (told.has(what)) return;
    if (told.size < maxTold) told.add(what);
    differences.add(`${nameOf(stored)}: ${what}.`);
  };

  const seeGift = (fact: Fact<'GiftSent'>): void => {
    const { live, creator, viewer, gift, unitCoins, rate } = fact.data;
    const started = lives.get(live);
    if (started === undefined) tell(fact, `the live ${live} had not started`);
    else if (started.creator !== creator) {
      tell(fact, `the live ${live} is ${started.creator}'s, not ${creator}'s`);
    }
    if (creator === viewer) tell(fact, `the viewer ${viewer} gifts its own live`);
    if (!prices.get(gift)?.has(unitCoins)) tell(fact, `${gift} never cost ${unitCoins} coins`);
    if (!rates.has(rate)) tell(fact, `a coin never earned ${rate} millidiamonds`);
  };

  const seeLive = (fact: Fact<'LiveStarted' | 'LiveEnded'>): void => {
    const { live, creator, at } = fact.data;
    const started = lives.get(live);
    if (fact.stored.stream !== `live-${live}`) tell(fact, `it names the live ${live}`);
    if (fact.type === 'LiveStarted') lives.set(live, { creator, at });
    else if (started?.creator !== creator) tell(fact, `no live ${live} of ${creator} had started`);
    else if (at < started.at) tell(fact, `it ended at ${at}, before it started at ${started.at}`);
  };

  const seeRate = (fact: Fact<'DiamondRateSet' | 'MoneyRateSet'>): void => {
    const { from, at } = fact.data;
    if (from < at) tell(fact, `it begins at ${from}, before it was set at ${at}`);
  };

  return {
    see: (fact) => {
      switch (fact.type) {
        case 'GiftSent':
          return seeGift(fact);
        case 'LiveStarted':
        case 'LiveEnded':
          return seeLive(fact);
        case 'GiftListed':
        case 'GiftRepriced':
          prices.set(fact.data.gift, (prices.get(fact.data.gift) ?? new Set()).add(fact.data.coins));
          return;
        case 'DiamondRateSet':
          rates.add(fact.data.millidiamondsPerCoin);
          return seeRate(fact);
        case 'MoneyRateSet':
          return seeRate(fact);
      }
    },
  };
};
