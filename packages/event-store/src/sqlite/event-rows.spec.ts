import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { checksumOf, dashed, type EventRow, isSound, sumOfName } from './event-rows.ts';

const name = 'wallet-ann';
const id = randomUUID();
const row: EventRow = [7, 3, 0, 0, 1_795_000_000_000, id.replaceAll('-', ''), 'GiftSent', '{"coins":5}', 0];
row[8] = checksumOf(sumOfName(name), row);
const fields = { position: 0, revision: 2, previous: 3, created: 4, checksum: 8 } as const;

const changed = (place: number, value: unknown): EventRow => row.with(place, value as never) as EventRow;

it('a row is sound as it was written, in its stream and in no other', () => {
  expect(isSound(row, sumOfName(name))).toBe(true);
  expect(isSound(row, sumOfName('wallet-anm'))).toBe(false);
  expect(dashed(row[5])).toBe(id);
});

it.each(Object.entries(fields))('any other %s is noticed', (_, place) => {
  fc.assert(
    fc.property(fc.maxSafeInteger(), (value) => {
      fc.pre(value !== row[place]);
      expect(isSound(changed(place, value), sumOfName(name))).toBe(false);
    }),
  );
});

it.each([
  ['id', 5],
  ['type', 6],
  ['data', 7],
] as const)('any other character in its %s is noticed', (_, place) => {
  fc.assert(
    fc.property(fc.nat(row[place].length - 1), fc.string({ minLength: 1, maxLength: 1 }), (at, other) => {
      fc.pre(row[place][at] !== other);
      const altered = row[place].slice(0, at) + other + row[place].slice(at + 1);
      expect(isSound(changed(place, altered), sumOfName(name))).toBe(false);
    }),
  );
});

it.each([1, 2, 3])('an empty blob is no nought, though it counts as one (column %i)', (place) => {
  for (const value of [new Uint8Array(), '', null]) {
    const altered = changed(place, value);
    altered[8] = checksumOf(sumOfName(name), altered);
    expect(isSound(altered, sumOfName(name))).toBe(false);
  }
});
