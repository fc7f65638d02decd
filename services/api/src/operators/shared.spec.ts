import { expect, it } from 'vitest';
import { shareLooks } from './shared.ts';

it('is taken once by all who ask while it runs, and anew after its time', async () => {
  let looks = 0;
  let end: (() => void) | undefined;
  const look = shareLooks(
    () =>
      new Promise<number>((resolve) => {
        looks += 1;
        end = () => resolve(looks);
      }),
    0,
  );
  const [first, second] = [look(), look()];
  end?.();
  expect(await Promise.all([first, second])).toEqual([1, 1]);
  const third = look();
  end?.();
  expect(await third).toBe(2);
});

it('is shared for a while', async () => {
  let looks = 0;
  const look = shareLooks(async () => ++looks, 60_000);
  expect([await look(), await look()]).toEqual([1, 1]);
});

it('that failed is not kept for ever', async () => {
  let looks = 0;
  const look = shareLooks(async () => {
    looks += 1;
    if (looks === 1) throw new Error('away');
    return looks;
  }, 0);
  await expect(look()).rejects.toThrow('away');
  expect(await look()).toBe(2);
});
