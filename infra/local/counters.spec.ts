import { expect, test } from 'vitest';
import { createRate, formatBlock, formatDiamonds, formatLine } from './counters.ts';

const numbers = {
  totals: { coins: 1_234_567, gifts: 4_321, senders: 987, millidiamonds: 1_234_567_008 },
  board: {
    asOf: { generation: 'g', position: '9' },
    entries: [
      { id: 'ada', score: 40_000 },
      { id: 'bob', score: 3_000 },
      { id: 'cleo', score: 200 },
      { id: 'dan', score: 10 },
    ],
  },
};

test('diamonds are shown to the thousandth', () => {
  expect(formatDiamonds(0)).toBe('0.000');
  expect(formatDiamonds(7)).toBe('0.007');
  expect(formatDiamonds(1_234_567_890)).toBe('1,234,567.890');
});

test('the block shows all counters and the first three', () => {
  expect(formatBlock('live-1', numbers, 2.345)).toEqual([
    '  live-1, as its creator sees it',
    '  coins          1,234,567      gifts         4,321',
    '  diamonds   1,234,567.008      senders         987',
    '  2.3 gifts/s',
    '  1. ada 40,000   2. bob 3,000   3. cleo 200',
  ]);
});

test('the line shows the same', () => {
  expect(formatLine('live-1', numbers, 2.345)).toBe(
    'live-1: 1,234,567 coins, 4,321 gifts, 987 senders, 1,234,567.008 diamonds, 2.3 gifts/s   ' +
      '1. ada 40,000   2. bob 3,000   3. cleo 200',
  );
});

test('unknown numbers are not shown as zero', () => {
  expect(formatBlock('live-1', undefined, 0).join()).not.toContain('0');
  expect(formatLine('live-1', undefined, 0)).toBe('live-1: waiting for the first gift');
});

test('the rate is that of the last ten seconds', () => {
  const rate = createRate();
  expect(rate(100, 0)).toBe(0);
  expect(rate(150, 5_000)).toBe(10);
  expect(rate(150, 10_000)).toBe(5);
  expect(rate(150, 15_000)).toBe(0);
  expect(rate(350, 25_000)).toBe(20);
});
