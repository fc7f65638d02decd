import { expect, it } from 'vitest';
import { expectError } from '../laws/fixtures.ts';
import { Gate } from './gate.ts';

it('lets so many in at a time, in their order, and so many wait', async () => {
  const gate = new Gate(2, 2);
  const steps = Array.from({ length: 4 }, () => Promise.withResolvers<number>());
  const begun: number[] = [];
  const passed = steps.map(({ promise }, place) =>
    gate.pass(() => {
      begun.push(place);
      return promise;
    }),
  );
  await expectError(
    gate.pass(async () => 4),
    'unavailable',
  );
  expect(begun).toEqual([0, 1]);
  steps[1]?.reject(new Error('of its own'));
  await expect(passed[1]).rejects.toThrow('of its own');
  expect(begun).toEqual([0, 1, 2]);
  for (const [place, { resolve }] of steps.entries()) resolve(place);
  expect(await Promise.all([passed[0], passed[2], passed[3]])).toEqual([0, 2, 3]);
  expect(await gate.pass(async () => 5)).toBe(5);
});
