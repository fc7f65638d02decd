/** A booking as specs send it; the nth of a log stands at position n, counted from 1. */
export type Gift = {
  readonly viewer: string;
  readonly live: string;
  readonly creator: string;
  readonly gift: string;
  readonly booked: number;
  readonly coins: number;
  readonly millidiamonds: number;
  readonly at: number;
};

type Tables = Record<string, Record<string, string>>;

const minuteMs = 60_000;
const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

const windowsOf = (at: number): readonly (readonly [string, number])[] => {
  const midnight = Math.floor(at / dayMs) * dayMs;
  const monday = midnight - ((new Date(midnight).getUTCDay() + 6) % 7) * dayMs;
  return [
    ['hour', Math.floor(at / hourMs) * hourMs],
    ['day', midnight],
    ['week', monday],
    ['all', 0],
  ];
};

/**
 * What the read models hold after these bookings, added up one by one by hand, with no regard for how the
 * projections do it. Of the feeds, the positions of their bookings.
 */
export const foldOf = (gifts: readonly Gift[]): Tables => {
  const tables: Tables = {};
  const add = (table: string, field: string, amounts: readonly number[], place: number): void => {
    tables[table] ??= {};
    const before = tables[table][field]?.split(' ').slice(0, -1).map(Number) ?? amounts.map(() => 0);
    tables[table][field] = [...before.map((amount, n) => amount + amounts[n]!), place].join(' ');
  };
  for (const [n, gift] of gifts.entries()) {
    const { viewer, live, creator, booked, coins, millidiamonds, at } = gift;
    const place = n + 1;
    add('earnings', creator, [millidiamonds, coins, booked], place);
    add(`live-totals:${live}`, 'all', [coins, booked, millidiamonds], place);
    add(`live-totals:${live}`, `gift:${gift.gift}`, [booked, coins], place);
    add(`live-board:${live}`, viewer, [coins], place);
    const given = [coins, booked, millidiamonds];
    add(
      `live-minutes:${Math.floor(at / hourMs) * hourMs}`,
      `${Math.floor(at / minuteMs) * minuteMs}:${live}`,
      given,
      place,
    );
    add(`creator-days:${Math.floor(at / dayMs) * dayMs}`, creator, given, place);
    for (const [window, from] of windowsOf(at)) {
      add(`creator-board:${window}:${from}`, creator, [millidiamonds], place);
      if (window !== 'hour') add(`gifter-board:${window}:${from}`, viewer, [coins], place);
    }
    const feed = `feed:${live}`;
    const bookings = [...(tables[feed]?.bookings?.split(',') ?? []), place];
    tables[feed] = { bookings: bookings.join(',') };
  }
  return tables;
};
