import { expect, it } from 'vitest';
import { lastDays } from './days.ts';

it('shows thirty days up to today, those without earnings too', () => {
  const now = Date.UTC(2026, 10, 23, 15);
  const booked = { coins: 1, gifts: 1 };
  const days = lastDays(
    [
      { from: Date.UTC(2026, 8, 1), millidiamonds: 7, ...booked },
      { from: Date.UTC(2026, 10, 21), millidiamonds: 500, ...booked },
      { from: Date.UTC(2026, 10, 23), millidiamonds: 900, ...booked },
    ],
    now,
  );
  expect(days).toHaveLength(30);
  expect(days.slice(-3).map(({ millidiamonds }) => millidiamonds)).toEqual([500, 0, 900]);
  expect(days.reduce((sum, { millidiamonds }) => sum + millidiamonds, 0)).toBe(1_400);
});
