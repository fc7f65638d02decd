import { hash } from 'node:crypto';

const nodePrefix = Buffer.from([1]);

const sha256 = (input: string | Buffer): Buffer => hash('sha256', input, 'buffer');
/** The prefixes 0 of leaves and 1 of nodes keep one from being taken for the other. */
const leafOf = (text: string): Buffer => sha256(`\0${text}`);
const nodeOf = (left: Buffer, right: Buffer): Buffer => sha256(Buffer.concat([nodePrefix, left, right]));

export type MerkleTree = {
  /** Adds a leaf, as its UTF-8 bytes. */
  add(text: string): void;
  readonly size: number;
  /** 64 hexadecimal digits. */
  root(): string;
};

/**
 * The Merkle tree hash of RFC 6962, section 2.1, with SHA-256, of leaves that come one by one. Memory grows
 * with the logarithm of their number: of all that came, only the roots of the largest full trees are kept.
 */
export const createMerkleTree = (): MerkleTree => {
  const full: Buffer[] = [];
  let size = 0;
  return {
    add: (text) => {
      let node = leafOf(text);
      for (let pairs = size; pairs % 2 === 1; pairs = Math.floor(pairs / 2)) node = nodeOf(full.pop()!, node);
      full.push(node);
      size += 1;
    },
    get size() {
      return size;
    },
    root: () => {
      const root = full.reduceRight<Buffer | undefined>(
        (right, left) => (right === undefined ? left : nodeOf(left, right)),
        undefined,
      );
      return (root ?? sha256('')).toString('hex');
    },
  };
};
