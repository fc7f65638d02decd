import { expect, it } from 'vitest';
import { isNewer } from './as-of.ts';

const at = (generation: string, position: string | null) => ({ asOf: { generation, position } });

it('never goes back within a generation, and takes whatever another one says', () => {
  expect(isNewer(at('g', '10'), at('g', '9'))).toBe(true);
  expect(isNewer(at('g', '9'), at('g', '9'))).toBe(true);
  expect(isNewer(at('g', '9'), at('g', '10'))).toBe(false);
  expect(isNewer(at('g', null), at('g', '1'))).toBe(false);
  expect(isNewer(at('h', '1'), at('g', '10'))).toBe(true);
});
