import { expect, it } from 'vitest';
import { maxShards, shardOf } from './shards.ts';

/** Wide enough to see the hash itself; the values are those published with FNV. */
const wide = 2 ** 32;

it.each([
  ['', 0x811c9dc5],
  ['a', 0xe40c292c],
  ['b', 0xe70c2de5],
  ['foobar', 0xbf9cf968],
])('hashes "%s" as FNV-1a does', (text, hash) => {
  expect(shardOf(text, wide)).toBe(hash);
});

it('says for ever the same', () => {
  const creators = ['cleo', 'creator-0', 'creator-1', '0198c0de-0000-7000-8000-000000000001'];
  expect(creators.map((creator) => shardOf(creator, 4))).toEqual(creators.map((creator) => fnv(creator) % 4));
  expect(creators.map((creator) => shardOf(creator, 4))).toMatchInlineSnapshot(`
    [
      2,
      2,
      1,
      3,
    ]
  `);
  expect(creators.map((creator) => shardOf(creator, 1))).toEqual([0, 0, 0, 0]);
});

it('spreads creators over all shards', () => {
  const counts = Array.from({ length: maxShards }, () => 0);
  for (let n = 0; n < 64_000; n++) counts[shardOf(`creator-${n}`, maxShards)]! += 1;
  expect(Math.min(...counts)).toBeGreaterThan(800);
  expect(Math.max(...counts)).toBeLessThan(1_200);
});

/** The same with numbers of any size. */
const fnv = (text: string): number => {
  let hash = 0x811c9dc5n;
  for (const byte of Buffer.from(text)) hash = ((hash ^ BigInt(byte)) * 0x01000193n) & 0xffffffffn;
  return Number(hash);
};
