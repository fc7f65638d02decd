import { describe, expect, it } from 'vitest';
import { waitBefore } from './pace.ts';

describe('when a frame is due', () => {
  it.each([
    { t: 10_000, speed: 1, elapsed: 4_000, wait: 6_000 },
    { t: 10_000, speed: 20, elapsed: 400, wait: 100 },
    { t: 10_000, speed: 0.5, elapsed: 0, wait: 20_000 },
    { t: 10_000, speed: 1, elapsed: 10_000, wait: 0 },
    { t: 10_000, speed: 1, elapsed: 12_000, wait: 0 },
    { t: -500, speed: 1, elapsed: 0, wait: 0 },
    { t: 10_000, speed: 0, elapsed: 0, wait: 0 },
  ])('waits $wait ms for $t at speed $speed after $elapsed ms', ({ t, speed, elapsed, wait }) => {
    expect(waitBefore({ t }, speed, elapsed)).toBe(wait);
  });
});
