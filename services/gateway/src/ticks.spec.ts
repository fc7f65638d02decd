import { setTimeout as pause } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { limits } from './limits.ts';
import { stretchOf, watchLag } from './ticks.ts';

const after = (stretch: number, lags: readonly number[]): number => lags.reduce(stretchOf, stretch);

it('stretches ticks as long as it lags, up to a second, and goes back step by step', () => {
  const late = limits.stretchAboveLagMs + 1;
  expect(after(1, [late])).toBe(2);
  expect(after(1, Array(10).fill(late)) * limits.creatorTickMs).toBe(limits.maxTickMs);
  expect(after(4, [limits.stretchAboveLagMs * 0.75])).toBe(4);
  expect(after(4, [0])).toBe(2);
  expect(after(4, [0, 0, 0, 0])).toBe(1);
});

it('sees an event loop that is blocked again and again, and one that is not', async () => {
  const lag = watchLag();
  const blocking = setInterval(() => {
    const until = performance.now() + 2 * limits.stretchAboveLagMs;
    while (performance.now() < until);
  }, 1);
  while (lag.lagMs() <= limits.stretchAboveLagMs) await pause(200);
  clearInterval(blocking);
  while (lag.lagMs() > limits.stretchAboveLagMs) await pause(200);
  lag.close();
});
