import type { SealFindings } from './findings.ts';
import { isWellSigned, type Seal } from './seal.ts';

/** Keys told of one by one. */
const maxKeys = 10;

export type SignatureCheck = {
  see(number: number, seal: Seal): void;
  finish(): void;
  /** Seals with a signature that fits the key named with it. */
  readonly signed: number;
  /** The first of those keys. */
  readonly keys: readonly string[];
};

/**
 * Holds the signatures of seals against the keys that they name, and those against the keys that are known:
 * from the first seal on that one of them has signed, one of them must have signed every seal.
 * @param known public keys as base64url; without any, nobody can say whose a key is
 */
export const createSignatureCheck = (
  known: ReadonlySet<string>,
  { add }: Pick<SealFindings, 'add'>,
): SignatureCheck => {
  const keys: string[] = [];
  let signed = 0;
  let begun = false;

  return {
    see: (number, seal) => {
      const tell = (fault: 'bad_signature' | 'unknown_key' | 'not_signed'): void =>
        add({ fault, seals: [number, number] });
      const { key, signature } = seal;
      if (key === undefined && signature === undefined) {
        if (begun) tell('not_signed');
        return;
      }
      if (key === undefined || !isWellSigned(seal)) return tell('bad_signature');
      signed += 1;
      if (keys.length < maxKeys && !keys.includes(key)) keys.push(key);
      if (known.has(key)) begun = true;
      else if (begun) tell('unknown_key');
    },
    finish: () => {
      if (known.size > 0 && !begun) add({ fault: 'never_signed', seals: [0, 0] });
    },
    get signed() {
      return signed;
    },
    keys,
  };
};
