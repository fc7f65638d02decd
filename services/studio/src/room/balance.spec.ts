import { expect, it } from 'vitest';
import { answered, newer } from './balance.ts';

const at = (position: string | null, balance: number) => ({ position, balance });

it('is what the newest receipt says', () => {
  expect(newer(at('9', 90), undefined)).toEqual(at('9', 90));
  expect(newer(at('10', 80), at('9', 90))).toEqual(at('10', 80));
  expect(newer(at('9', 90), at('10', 80))).toEqual(at('10', 80));
});

it('is what the api answers, also where the log was restored to before the last receipt', () => {
  const known = at('5000', 10);
  expect(answered(at('4000', 70), known, known)).toEqual(at('4000', 70));
  expect(answered(at(null, 0), known, known)).toEqual(at(null, 0));
  expect(answered(at('1', 5), undefined, undefined)).toEqual(at('1', 5));
});

it('is not what the api answers where a receipt came while it was asked', () => {
  const receipt = at('12', 60);
  expect(answered(at('10', 80), at('10', 80), receipt)).toEqual(receipt);
  expect(answered(at('13', 50), at('10', 80), receipt)).toEqual(at('13', 50));
});
