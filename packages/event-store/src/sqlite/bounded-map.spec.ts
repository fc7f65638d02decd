import { expect, it } from 'vitest';
import { BoundedMap } from './bounded-map.ts';

const filled = (size: number, keys: number): BoundedMap<number, string> => {
  const map = new BoundedMap<number, string>(size);
  for (let key = 0; key < keys; key += 1) map.set(key, `value ${key}`);
  return map;
};

it('holds the half used last, and no more than its size', () => {
  for (const keys of [5, 9, 10, 11, 1_003]) {
    const map = filled(10, keys);
    for (let key = keys - 1; key >= keys - 5; key -= 1) expect(map.get(key)).toBe(`value ${key}`);
    const older = Array.from({ length: keys }, (_, key) => filled(10, keys).get(key)).filter(Boolean);
    expect(older.length).toBeLessThanOrEqual(10);
  }
});

it('keeps what is used, and takes new values', () => {
  const map = filled(10, 1);
  for (let key = 1; key < 1_000; key += 1) {
    map.set(key, `value ${key}`);
    expect(map.get(0)).toBe('value 0');
  }
  map.set(0, 'another');
  expect(map.get(0)).toBe('another');
  map.clear();
  expect(map.get(0)).toBeUndefined();
});
