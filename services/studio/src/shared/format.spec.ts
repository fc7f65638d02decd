import { describe, expect, it } from 'vitest';
import {
  formatCount,
  formatDateTime,
  formatDay,
  formatDiamonds,
  formatDuration,
  formatNumber,
  formatPerMille,
  formatShare,
  formatShort,
  formatUtcDay,
} from './format.ts';

describe('numbers', () => {
  it('are grouped, and exact up to the largest', () => {
    expect(formatNumber(1_234_567)).toBe('1,234,567');
    expect(formatNumber(Number.MAX_SAFE_INTEGER)).toBe('9,007,199,254,740,991');
  });

  it.each([
    [0, '0'],
    [1, '0.001'],
    [999, '0.999'],
    [1_500, '1.5'],
    [1_000, '1'],
    [1_234_560, '1,234.56'],
    [-2_050, '−2.05'],
    [Number.MAX_SAFE_INTEGER, '9,007,199,254,740.991'],
    ['123456789012345678901', '123,456,789,012,345,678.901'],
  ])('of thousandths of diamonds are diamonds, none lost: %s', (millidiamonds, text) => {
    expect(formatDiamonds(millidiamonds)).toBe(text);
  });

  it('are short where there is little room', () => {
    expect([999, 1_250, 3_400_000].map(formatShort)).toEqual(['999', '1.3K', '3.4M']);
  });

  it('come with what they count', () => {
    expect(formatCount(1, 'gift')).toBe('1 gift');
    expect(formatCount(1_200, 'gift')).toBe('1,200 gifts');
    expect(formatCount(0, 'penny', 'pennies')).toBe('0 pennies');
  });

  it('of thousandths are per cent', () => {
    expect([0, 5, 50, 55, 1_000].map(formatPerMille)).toEqual(['0 %', '0.5 %', '5 %', '5.5 %', '100 %']);
  });

  it('of shares are whole only at the end', () => {
    expect([0, 0.4, 0.9999, 1].map(formatShare)).toEqual(['0 %', '40 %', '99 %', '100 %']);
  });
});

describe('times', () => {
  it.each([
    [-5, '0 s'],
    [59_999, '59 s'],
    [60_000, '1 min'],
    [3_600_000, '1 h'],
    [7_500_000, '2 h 5 min'],
    [90_000_000, '1 d 1 h'],
  ])('that passed are told in the units that count: %d ms', (ms, text) => {
    expect(formatDuration(ms)).toBe(text);
  });

  it('name their day', () => {
    expect(formatUtcDay(Date.UTC(2026, 10, 3))).toBe('3 Nov');
    expect(formatDay('2026-11-03')).toBe('3 Nov 2026');
    expect(formatDateTime(Date.UTC(2026, 10, 3, 12))).toMatch(/^\d Nov 2026, \d\d:\d\d$/);
  });
});
