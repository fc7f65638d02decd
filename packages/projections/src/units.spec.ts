import { expect, it } from 'vitest';
import { coinsGranted, giftSent } from './testing.ts';
import { project, unitNames } from './units.ts';

it('moves live numbers and boards apart', () => {
  expect(unitNames).toEqual(['creators', 'boards']);
  const tables = (unit: 'creators' | 'boards') =>
    project(unit, giftSent(), '42').map(({ table }) => table.split(':')[0]);
  expect(tables('creators')).toEqual(['earnings', 'live-totals', 'live-totals', 'live-board', 'feed']);
  expect(tables('boards')).toEqual([...Array(4).fill('creator-board'), ...Array(3).fill('gifter-board')]);
});

it('knows nothing but the event and its place', () => {
  for (const unit of unitNames) {
    expect(project(unit, giftSent(), '42')).toEqual(project(unit, giftSent(), '42'));
    expect(project(unit, coinsGranted, '42')).toEqual([]);
  }
});
