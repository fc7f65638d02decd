import type { Entry } from '@carat/history';
import { diamonds } from '../at/show.ts';

/** What the bookings behind a number come to; what an operator took out is counted apart. */
export type Sums = {
  bookings: number;
  gifts: number;
  coins: number;
  millidiamonds: number;
  granted: number;
  leftOut: number;
};

export const noSums = (): Sums => ({
  bookings: 0,
  gifts: 0,
  coins: 0,
  millidiamonds: 0,
  granted: 0,
  leftOut: 0,
});

export const addEntry = (sums: Sums, entry: Entry): void => {
  if (entry.type === 'CoinsGranted') {
    sums.granted += entry.data.coins;
  } else if (entry.leftOut) {
    sums.leftOut += 1;
  } else {
    sums.bookings += 1;
    sums.gifts += entry.data.booked;
    sums.coins += entry.data.coins;
    sums.millidiamonds += entry.data.millidiamonds;
  }
};

/** One event in two lines, so that they fit into 80 columns: what, and where it stands. */
export const showEntry = (entry: Entry): string[] => {
  const { position, stream, revision, event } = entry;
  const time = new Date(entry.data.at).toISOString();
  const where = `    event ${event}, number ${revision} of ${stream}`;
  if (entry.type === 'CoinsGranted') {
    const { coins, grant, after } = entry.data;
    return [`@${position} ${time}  +${coins} coins by grant ${grant}`, `${where}, ${after.balance} held`];
  }
  const { gift, booked, count, coins, unitCoins, rate, millidiamonds, live, creator, combo } = entry.data;
  return [
    `@${position} ${time}  ${booked} x ${gift} at ${unitCoins} = ${coins} coins`,
    `    x ${rate}/1000 = ${diamonds(millidiamonds)} diamonds; the combo reached ${count}`,
    `    in ${live} of ${creator}, combo ${combo}`,
    where,
    ...(entry.leftOut ? ['    LEFT OUT of the numbers by an operator'] : []),
  ];
};

export const showSums = (sums: Sums): string[] => [
  `${sums.bookings} bookings: ${sums.gifts} gifts, ${sums.coins} coins, ` +
    `${diamonds(sums.millidiamonds)} diamonds`,
  ...(sums.granted > 0 ? [`${sums.granted} coins granted`] : []),
  ...(sums.leftOut > 0 ? [`${sums.leftOut} more that an operator took out of the numbers`] : []),
];
