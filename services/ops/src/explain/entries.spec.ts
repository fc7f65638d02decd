import type { Entry } from '@carat/history';
import { expect, it } from 'vitest';
import { showEarnings, showLive, showViewer } from '../at/show.ts';
import { noSums, showEntry, showSums } from './entries.ts';

const id = (letter: string): string => letter.repeat(36);
const stored = { position: '123456', event: id('e'), stream: `wallet-${id('v')}`, revision: 12 };
const at = Date.UTC(2026, 0, 1);
const after = { balance: 1, grant: null, combo: null };
const sent = {
  live: id('l'),
  creator: id('c'),
  viewer: id('v'),
  gift: id('g'),
  combo: id('o'),
  ...{ booked: 1, count: 1, unitCoins: 1, coins: 1, rate: 500, millidiamonds: 500, after, at },
};
const entries = [
  { ...stored, type: 'GiftSent', data: sent, leftOut: false },
  {
    ...stored,
    type: 'CoinsGranted',
    data: { viewer: id('v'), coins: 1, grant: id('n'), after, at },
    leftOut: false,
  },
] as unknown as readonly Entry[];

const place = { position: '123456', at } as Parameters<typeof showEarnings>[1];
const sums = { coins: 1, gifts: 1, millidiamonds: 500 };
const past = [
  ...showEarnings({ creator: id('c'), ...sums } as Parameters<typeof showEarnings>[0], place),
  ...showViewer({ viewer: id('v'), balance: 1, granted: 2, spent: 1, gifts: 1, position: null }, place),
  ...showLive(
    {
      ...{ live: id('l'), creator: id('c'), ...sums, senders: 1 },
      ...{ perGift: [{ gift: id('g'), gifts: 1, coins: 1 }], top: [{ id: id('v'), score: 1 }] },
    } as unknown as Parameters<typeof showLive>[0],
    place,
  ),
];

it('keeps to 80 columns with ids of 36 characters, and leaves none of them out', () => {
  const lines = [...entries.flatMap(showEntry), ...past].join('\n').split('\n');
  expect(lines.filter((line) => line.length > 80)).toEqual([]);
  for (const letter of 'velcgon') expect(lines.join('\n')).toContain(id(letter));
});

it('counts one as one', () => {
  const [booking] = showSums({ ...noSums(), bookings: 1, gifts: 1, coins: 1 });
  expect(booking).toBe('1 booking: 1 gift, 1 coin, 0.000 diamonds');
  expect([booking, ...past, ...entries.flatMap(showEntry)].join('\n')).not.toMatch(
    /\b1 (coins|gifts|bookings|senders)\b/,
  );
});
