import { instantOf } from '@carat/protocol';
import type { Differences } from '../../outcome.ts';
import { type Fact, nameOf } from '../stored.ts';

const minute = 60_000;

/** How far a booking may lie after the time in its combo's id, and before it. */
const windowMs = { after: 15 * minute, before: minute } as const;
/** A combo that was not booked for this long of the log's time cannot be booked again, and is forgotten. */
const forgottenAfterMs = 20 * minute;

const largestCount = 9_999;

type Terms = Pick<Fact<'GiftSent'>['data'], 'count' | 'live' | 'creator' | 'gift' | 'unitCoins' | 'rate'>;
const kept = ['live', 'creator', 'gift', 'unitCoins', 'rate'] as const;

/**
 * A combo is booked by what it grows: its count is what it was before and what was booked, its live, gift,
 * price and rate are those it began with, and its id is no older than a claim may be. By that last law combos
 * can be forgotten.
 */
export const createCombos = (differences: Differences): { see(fact: Fact<'GiftSent'>): void } => {
  let young = new Map<string, Terms>();
  let old = new Map<string, Terms>();
  let since: number | undefined;

  /** Memory of two spans of time, so that what is forgotten was not booked for at least one. */
  const forget = (at: number): void => {
    since ??= at;
    if (Math.abs(at - since) < forgottenAfterMs) return;
    [old, young] = [young, new Map()];
    since = at;
  };

  return {
    see: ({ data, stored }) => {
      const wrong = (what: string): void => differences.add(`${nameOf(stored)}: ${what}.`);
      const { booked, count, coins, unitCoins, rate, millidiamonds, at } = data;
      forget(at);
      const key = `${stored.stream} ${data.combo}`;
      const before = young.get(key) ?? old.get(key);
      young.set(key, data);
      if (booked < 1 || count > largestCount) wrong(`it books ${booked} to a count of ${count}`);
      if (coins !== booked * unitCoins) wrong(`${booked} at ${unitCoins} coins are not ${coins} coins`);
      if (millidiamonds !== coins * rate)
        wrong(`${coins} coins at ${rate} are not ${millidiamonds} millidiamonds`);
      const reached = before?.count ?? 0;
      if (count !== reached + booked) {
        wrong(`the combo ${data.combo} stood at ${reached}, with ${booked} more it cannot be ${count}`);
      }
      for (const term of before ? kept : []) {
        if (data[term] !== before?.[term])
          wrong(`the combo's ${term} was ${before?.[term]}, now it is ${data[term]}`);
      }
      const begun = instantOf(data.combo);
      if (!(at - begun <= windowMs.after && begun - at <= windowMs.before)) {
        wrong(`it was booked ${at - begun} ms after the time in its combo's id`);
      }
    },
  };
};
