import { expect, it } from 'vitest';
import { createIsNewer, createNewest } from './as-of.ts';

const at = (generation: string, position: string | null) => ({ asOf: { generation, position } });

it('never goes back within a generation, and takes whatever another one says', () => {
  const isNewer = createIsNewer();
  expect(isNewer(at('g', '10'), at('g', '9'))).toBe(true);
  expect(isNewer(at('g', '9'), at('g', '9'))).toBe(true);
  expect(isNewer(at('g', '9'), at('g', '10'))).toBe(false);
  expect(isNewer(at('g', null), at('g', '1'))).toBe(false);
  expect(isNewer(at('h', '1'), at('g', '10'))).toBe(true);
});

it('never goes back to a generation that was left', () => {
  const isNewer = createIsNewer();
  expect(isNewer(at('h', '12'), at('g', '10'))).toBe(true);
  expect(isNewer(at('g', '11'), at('h', '12'))).toBe(false);
});

it('picks the newest of what is pushed and read, whichever learns of a generation first', () => {
  const newest = createNewest();
  expect(newest(undefined, undefined)).toBeUndefined();
  expect(newest(at('g', '9'), at('g', '10'))).toEqual(at('g', '10'));
  expect(newest(at('h', '11'), at('g', '10'))).toEqual(at('h', '11'));
  expect(newest(at('h', '11'), at('g', '10'))).toEqual(at('h', '11'));
  expect(newest(at('h', '11'), at('h', '12'))).toEqual(at('h', '12'));
  expect(newest(at('h', '11'), undefined)).toEqual(at('h', '12'));
});
