import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { createMerkleTree } from './merkle.ts';

/** The leaves, and the roots of the first 1 to 8 of them, that Certificate Transparency tests with. */
const leaves = [
  '',
  '00',
  '10',
  '2021',
  '3031',
  '40414243',
  '5051525354555657',
  '606162636465666768696a6b6c6d6e6f',
];
const roots = [
  '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
  'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125',
  'aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77',
  'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
  '4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4',
  '76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef',
  'ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c',
  '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328',
];

const sha256 = (...parts: Buffer[]): Buffer => createHash('sha256').update(Buffer.concat(parts)).digest();

/** As the RFC defines it: split at the largest power of two below the number of leaves. */
const rootOf = (texts: readonly string[]): Buffer => {
  if (texts.length === 0) return sha256();
  if (texts.length === 1) return sha256(Buffer.from([0]), Buffer.from(texts[0]!));
  let half = 1;
  while (half * 2 < texts.length) half *= 2;
  return sha256(Buffer.from([1]), rootOf(texts.slice(0, half)), rootOf(texts.slice(half)));
};

it('has the known roots', () => {
  const tree = createMerkleTree();
  for (const [n, leaf] of leaves.entries()) {
    tree.add(Buffer.from(leaf, 'hex').toString());
    expect(tree.size).toBe(n + 1);
    expect(tree.root()).toBe(roots[n]);
  }
});

it('has the root that the definition gives, of any leaves', () => {
  fc.assert(
    fc.property(fc.array(fc.string({ unit: 'grapheme' }), { maxLength: 70 }), (texts) => {
      const tree = createMerkleTree();
      for (const text of texts) tree.add(text);
      expect(tree.root()).toBe(rootOf(texts).toString('hex'));
    }),
  );
});
