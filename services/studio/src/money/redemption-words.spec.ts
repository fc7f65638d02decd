import { redemptions } from '@carat/protocol';
import { expect, it } from 'vitest';
import { isCancellable, isOpen, statusWords } from './redemption-words.ts';

const statuses = redemptions.redemptionStatus.options;

it.each(statuses)('%s is said in words of its own, with what it means', (status) => {
  const { words, means } = statusWords(status);
  expect(words).toMatch(/^[A-Z][a-z ]+$/);
  expect(means).toMatch(/^[A-Z].*\.$/);
  expect(means).not.toMatch(/_|null|undefined/);
});

it('no two are said alike, so that nobody takes one for the other', () => {
  expect(new Set(statuses.map((status) => statusWords(status).words)).size).toBe(statuses.length);
});

it('can be taken back until somebody has begun to pay', () => {
  expect(statuses.filter(isCancellable)).toEqual(['in_review', 'approved']);
});

it('tells what still moves from what has ended', () => {
  expect(statuses.filter((status) => !isOpen(status))).toEqual([
    'paid',
    'refused',
    'cancelled',
    'failed',
    'returned',
  ]);
});
