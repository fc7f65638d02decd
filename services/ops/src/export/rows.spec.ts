import type { Position } from '@carat/event-store';
import { InvalidArgumentError } from 'commander';
import { describe, expect, it } from 'vitest';
import { readBound } from './bounds.ts';
import { columns, headOf, lineOf, rowOf } from './rows.ts';

const gift = {
  combo: 'combo-1',
  viewer: 'ann',
  live: 'gala',
  creator: 'cleo',
  gift: 'rose',
  booked: 2,
  count: 5,
  coins: 10,
  millidiamonds: 9_000,
  unitCoins: 5,
  rate: 900,
  at: Date.UTC(2026, 5, 10, 12),
  after: { balance: 3 },
};
const row = rowOf(gift, '17' as Position);

describe('a row', () => {
  it('is a line of CSV under its columns', () => {
    expect(headOf('csv')).toBe(
      'position,at,live,creator,viewer,gift,combo,booked,count,coins,millidiamonds,unitCoins,rate\r\n',
    );
    expect(lineOf('csv', row)).toBe(
      '17,2026-06-10T12:00:00.000Z,gala,cleo,ann,rose,combo-1,2,5,10,9000,5,900\r\n',
    );
  });

  it('puts commas, quotes and ends of lines between quotes', () => {
    const odd = { ...row, live: 'a,b', creator: 'say "hi"', viewer: 'two\nlines', gift: 'and\rback' };
    expect(lineOf('csv', odd)).toContain(',"a,b","say ""hi""","two\nlines","and\rback",combo-1,');
  });

  it('is a line of JSON', () => {
    expect(headOf('jsonl')).toBe('');
    const { after: _, ...rest } = gift;
    expect(JSON.parse(lineOf('jsonl', row))).toEqual({ ...rest, position: '17', at: row.at });
    expect(Object.keys(JSON.parse(lineOf('jsonl', row)))).toEqual(columns);
  });

  it('is refused without an instant', () => {
    expect(() => rowOf({ ...gift, at: 9e15 }, '17' as Position)).toThrow('its time 9000000000000000 is no');
  });
});

describe('a bound', () => {
  it.each([
    ['@4711', { position: '4711' }],
    ['@0', { position: '0' }],
    ['1781049600000', { instant: Date.UTC(2026, 5, 10) }],
    ['2026-06-10', { instant: Date.UTC(2026, 5, 10) }],
    ['2026-06-10T12:00:00Z', { instant: Date.UTC(2026, 5, 10, 12) }],
    ['2026-06-10T14:00:00.500+02:00', { instant: Date.UTC(2026, 5, 10, 12) + 500 }],
  ])('%s is %j', (text, bound) => {
    expect(readBound(text)).toEqual(bound);
  });

  it.each([
    '',
    'yesterday',
    '2026-06-10T12:00:00',
    '2026-02-30',
    '2026-06',
    '-5',
    '1e3',
    '@0017',
    '@',
    '@1e3',
  ])('is not %j', (text) => {
    expect(() => readBound(text)).toThrow(InvalidArgumentError);
  });
});
