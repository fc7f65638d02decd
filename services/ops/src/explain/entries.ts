import type { Entry } from '@carat/history';
import { diamonds } from '../amounts.ts';
import { many, wrap } from '../wording.ts';

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

/** One event: what, and where it stands. Each line is no longer than 80 columns where ids are not. */
export const showEntry = (entry: Entry): string[] => {
  const { position, stream, revision, event } = entry;
  const moment = `@${position} ${new Date(entry.data.at).toISOString()} `;
  const stored = `    event ${event},`;
  const place = `number ${revision} of ${stream}`;
  if (entry.type === 'CoinsGranted') {
    const { coins, grant, after } = entry.data;
    return [
      wrap([moment, `+${many(coins, 'coin')}`, `by grant ${grant}`]),
      wrap([stored, `${place},`, `${after.balance} held`]),
    ];
  }
  const { gift, booked, count, coins, unitCoins, rate, millidiamonds, live, creator, combo } = entry.data;
  return [
    wrap([moment, `${booked} x ${gift} at ${unitCoins} = ${many(coins, 'coin')}`]),
    `    x ${rate}/1000 = ${diamonds(millidiamonds)} diamonds; the combo reached ${count}`,
    wrap([`    in ${live}`, `of ${creator},`, `combo ${combo}`]),
    wrap([stored, place]),
    ...(entry.leftOut ? ['    LEFT OUT of the numbers by an operator'] : []),
  ];
};

export const showSums = (sums: Sums): string[] => [
  `${many(sums.bookings, 'booking')}: ${many(sums.gifts, 'gift')}, ${many(sums.coins, 'coin')}, ` +
    `${diamonds(sums.millidiamonds)} diamonds`,
  ...(sums.granted > 0 ? [`${many(sums.granted, 'coin')} granted`] : []),
  ...(sums.leftOut > 0 ? [`${sums.leftOut} more that an operator took out of the numbers`] : []),
];
