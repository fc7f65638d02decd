import { expect, it } from 'vitest';
import { many, wrap } from './wording.ts';

it.each([
  [0, '0 gifts'],
  [1, '1 gift'],
  [2, '2 gifts'],
])('counts %d in words', (count, words) => {
  expect(many(count, 'gift')).toBe(words);
});

it('leaves together what fits', () => {
  expect(wrap(['1234', '678', '0'], 10)).toBe('1234 678 0');
});

it('goes on beneath, indented, with what does not fit', () => {
  expect(wrap(['1234', '678', '01', '34'], 10)).toBe('1234 678\n    01 34');
});

it('leaves no space at the end of a line', () => {
  expect(wrap(['1234   ', '678901'], 10)).toBe('1234\n    678901');
});

it('breaks within a part only where it is too long by itself, between words', () => {
  expect(wrap(['12', 'of many words'], 10)).toBe('12 of many\n    words');
  expect(wrap(['one-word-that-is-long', 'b'], 10)).toBe('one-word-that-is-long\n    b');
});
