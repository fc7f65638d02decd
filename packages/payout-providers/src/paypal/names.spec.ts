import fc from 'fast-check';
import { expect, test } from 'vitest';
import { limits } from '../limits.ts';
import { batchIdOf, itemIdOf, keyOfBatch, keyOfTransaction } from './names.ts';

const keys = fc.string({ minLength: 1, maxLength: limits.maxKeyChars });

test('every key fits into what PayPal takes, and is found again in what it tells', () => {
  fc.assert(
    fc.property(keys, (key) => {
      expect(batchIdOf(key).length).toBeLessThanOrEqual(256);
      expect(itemIdOf(key).length).toBeLessThanOrEqual(63);
      expect(keyOfBatch(batchIdOf(key))).toBe(key);
      expect(keyOfTransaction(itemIdOf(key), key)).toBe(key);
    }),
  );
});

test('two keys have two names', () => {
  fc.assert(
    fc.property(keys, keys, (one, other) => {
      fc.pre(one !== other);
      expect(batchIdOf(one)).not.toBe(batchIdOf(other));
      expect(itemIdOf(one)).not.toBe(itemIdOf(other));
    }),
  );
});

const long = 'k'.repeat(limits.maxKeyChars);

test.each([
  ['a short key needs no note', itemIdOf('creator/1'), undefined, 'creator/1'],
  ['a note that is not its own says nothing', itemIdOf('creator/1'), 'by hand', 'creator/1'],
  ['a long key stands in the note', itemIdOf(long), long, long],
  ['without it nobody knows the key', itemIdOf(long), undefined, undefined],
  ['another note is not the key', itemIdOf(long), `${long}k`, undefined],
  ['what others made has no key', '201403140001', 'Thanks', undefined],
  ['nor has what has no id', undefined, 'creator/1', undefined],
])('%s', (_, itemId, note, key) => {
  expect(keyOfTransaction(itemId, note)).toBe(key);
});

test('a batch of others has no key', () => {
  expect([keyOfBatch('Payouts_2018_100007'), keyOfBatch(undefined)]).toEqual([undefined, undefined]);
});
