import { beginDay, type DayEarnings } from '@carat/domain';
import type { Differences } from '../../outcome.ts';
import { many } from '../../wording.ts';
import { type Fact, nameOf } from '../stored.ts';
import type { Account, Accounts } from './accounts.ts';

type Sums = Readonly<Record<'creators' | 'gifts' | 'coins' | 'millidiamonds', bigint>>;

/** A closed day that is not settled for all: what of it is still to be settled, and what it came to. */
type Due = { readonly left: Map<string, DayEarnings>; readonly sums: Sums };

const dayMs = 86_400_000;

const dueOf = (earned: Iterable<DayEarnings>): Due => {
  const left = new Map<string, DayEarnings>();
  let [gifts, coins, millidiamonds] = [0n, 0n, 0n];
  for (const each of earned) {
    left.set(each.creator, each);
    gifts += BigInt(each.gifts);
    coins += each.coins;
    millidiamonds += each.millidiamonds;
  }
  return { left, sums: { creators: BigInt(left.size), gifts, coins, millidiamonds } };
};

type Earned = { gifts: number; coins: bigint | string; millidiamonds: bigint | string };
const describe = ({ gifts, coins, millidiamonds }: Earned): string =>
  `${many(gifts, 'gift')}, ${coins} coins, ${millidiamonds} millidiamonds`;

/** Longest hold that a day is closed with. */
const maxHoldDays = 3_650;

/**
 * What is wrong with the closing of a day.
 * @param last the day that was closed before it
 * @param cut the day that the stream has in this place
 */
const faultsOfClosing = (
  { day, previous, holdDays, at }: Fact<'DayClosed'>['data'],
  last: string | null,
  cut: string | undefined,
): string[] => [
  ...(previous === last ? [] : [`it follows ${previous ?? 'no day'}, but ${last ?? 'none'} was closed last`]),
  ...(last === null || day > last ? [] : [`the day ${day} does not come after ${last}`]),
  ...(holdDays >= 0 && holdDays <= maxHoldDays ? [] : [`it is held for ${holdDays} days`]),
  ...(at >= Date.parse(day) + dayMs ? [] : [`the day ${day} is not over at ${at}`]),
  ...(cut === day ? [] : [`its stream has ${cut ?? 'no day'} in this place, not ${day}`]),
];

/** What is wrong with what was settled of a creator's day. */
const faultsOfSettling = (
  { creator, day, ...data }: Fact<'DiamondsSettled'>['data'],
  due: Due | undefined,
): string[] => {
  const earned = due?.left.get(creator);
  if (due === undefined) return [`the day ${day} is not closed, or was said to be settled before`];
  if (earned === undefined) return [`${creator} earned nothing in ${day}, or it was settled before`];
  if (describe(earned) !== describe(data)) {
    return [`${creator} earned ${describe(earned)} in ${day}, not ${describe(data)}`];
  }
  return earned.hash === data.hash ? [] : [`its hash is not that of the gifts of ${day}`];
};

/** What is wrong with the end of a day's settlement. */
const faultsOfFinishing = ({ day, ...data }: Fact<'DaySettled'>['data'], { left, sums }: Due): string[] => [
  ...[...left.values()].map(
    ({ creator, millidiamonds }) => `${millidiamonds} millidiamonds of ${creator} were not settled in ${day}`,
  ),
  ...sumNames
    .filter((name) => BigInt(data[name]) !== sums[name])
    .map((name) => `the ${name} of ${day} are ${sums[name]}, not ${data[name]}`),
];

const sumNames = ['creators', 'gifts', 'coins', 'millidiamonds'] as const;

/**
 * Days are closed once and in order, after they are over; what is settled of one is what the very gifts
 * between its cut and the one before come to, by their hash, once for every creator, and all of it once the
 * day is said to be settled. What is remembered grows with creators, not with gifts.
 * @param cuts the days of all `DayClosed` in the log, as their hashes begin with the day that comes last
 */
export const createDays = (differences: Differences, cuts: readonly string[], accounts: Accounts) => {
  let closed = 0;
  let last: string | null = null;
  let at = 0;
  let settledThrough: string | null = null;
  const open = () => (cuts[closed] === undefined ? undefined : beginDay(cuts[closed]!));
  let fold = open();
  const dues = new Map<string, Due>();

  const tell = ({ stored }: Fact, faults: readonly string[]): void => {
    for (const fault of faults) differences.add(`${nameOf(stored)}: ${fault}.`);
  };
  const seeTime = (fact: Fact<'DayClosed' | 'DaySettled'>): void => {
    if (fact.stored.stream !== 'settlement') tell(fact, ['it is no settlement']);
    if (fact.data.at < at) tell(fact, [`its time ${fact.data.at} lies before ${at}`]);
    at = fact.data.at;
  };

  const close = (fact: Fact<'DayClosed'>): void => {
    const { day, holdDays } = fact.data;
    seeTime(fact);
    tell(fact, faultsOfClosing(fact.data, last, cuts[closed]));
    dues.set(day, dueOf(fold?.earned() ?? []));
    closed += 1;
    last = day;
    fold = open();
    accounts.close(day, Math.min(Math.max(0, holdDays), maxHoldDays));
  };

  const settle = (fact: Fact<'DiamondsSettled'>, account: Account): void => {
    const { creator, day, millidiamonds } = fact.data;
    const due = dues.get(day);
    tell(fact, faultsOfSettling(fact.data, due));
    if (day < account.day) tell(fact, [`the later day ${account.day} was settled before`]);
    account.day = day;
    account.pending -= due?.left.get(creator)?.millidiamonds ?? 0n;
    account.held.push({ day, millidiamonds: BigInt(millidiamonds) });
    due?.left.delete(creator);
  };

  const finish = (fact: Fact<'DaySettled'>): void => {
    const { day } = fact.data;
    seeTime(fact);
    const [next] = dues;
    if (next?.[0] !== day) {
      return tell(fact, [`the next day to be settled is ${next?.[0] ?? 'none'}, not ${day}`]);
    }
    tell(fact, faultsOfFinishing(fact.data, next[1]));
    dues.delete(day);
    settledThrough = day;
  };

  return {
    book: ({ data, stored }: Fact<'GiftSent'>): void => {
      const account = accounts.of(data.creator);
      account.awarded += BigInt(data.millidiamonds);
      account.pending += BigInt(data.millidiamonds);
      fold?.book(stored.id, data);
    },
    close,
    settle,
    finish,
    /** The day closed last, and the one up to which all are said to be settled. */
    reached: () => ({ closedThrough: last, settledThrough }),
  };
};
