import type { Differences } from '../../outcome.ts';
import { type Accounts, noPlaces, type Places, placesOf, sumOf } from './accounts.ts';

const describe = ({ pending, held, available, onTheWay, paid }: Places): string =>
  `${pending} are pending, ${held} held, ${available} available, ${onTheWay} on the way and ${paid} paid`;

/** All that was awarded is pending, held, available, on the way or paid: of every creator, and in all. */
export const createConservation = (differences: Differences, accounts: Accounts) => {
  /** Whose numbers have changed since they were held against the law; all others stand as they stood. */
  const changed = new Set<string>();
  /** What was found missing and told of. */
  const told = new Map<string, bigint>();

  /** @param where as the name of an event, or the end of the log */
  const check = (where: string): void => {
    for (const creator of changed) {
      const account = accounts.of(creator);
      const places = placesOf(account);
      const missing = account.awarded - sumOf(places);
      if (missing === (told.get(creator) ?? 0n)) continue;
      told.set(creator, missing);
      differences.add(
        `${where}: ${creator} was awarded ${account.awarded} millidiamonds, but ${describe(places)}.`,
      );
    }
    changed.clear();
  };

  return {
    change: (creator: string): void => void changed.add(creator),
    check,
    /** @param awarded by all bookings */
    finish(awarded: bigint): Places {
      check('At the end of the log');
      const sums = { ...noPlaces };
      for (const account of accounts.all()) {
        const places = placesOf(account);
        for (const name of Object.keys(sums) as (keyof Places)[]) sums[name] += places[name];
      }
      if (awarded !== sumOf(sums)) {
        differences.add(`${awarded} millidiamonds were awarded, but ${describe(sums)}.`);
      }
      return sums;
    },
  };
};
