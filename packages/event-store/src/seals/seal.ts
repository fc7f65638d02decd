import { hash } from 'node:crypto';
import type { JsonObject, Revision, StoredEvent } from '../port.ts';
import { canonicalJson } from './canonical.ts';
import { isSignedBy, type SealKey } from './keys.ts';

/** Where seals are kept, and as what. They are events of the log like all others, sealed by the next one. */
export const sealsStream = 'seals';
export const sealType = 'LogSealed';

/** What comes before the first seal. */
export const noSeal = '0'.repeat(64);

/**
 * Proves a run of events, from behind the last event of the seal before it to its own: of each its canonical
 * text, in the order of the log, earlier seals among them.
 */
export type Seal = {
  /** From 1; at this place in the stream of seals. */
  readonly number: number;
  /** How many events the log holds up to the last one sealed. */
  readonly events: number;
  /** The last event sealed: its id, and where it stands. A position would not survive a copy of the log. */
  readonly lastEvent: string;
  readonly lastStream: string;
  readonly lastRevision: Revision;
  /** Merkle tree hash, 64 hexadecimal digits. */
  readonly root: string;
  /** SHA-256 of the canonical data of the seal before, 64 hexadecimal digits; zeros before the first. */
  readonly previous: string;
  /** The sealing process's clock, ms since 1970; never below that of the seal before. */
  readonly at: number;
  /** The public key that the signature was made with, and the signature of all but itself; or neither. */
  readonly key?: string;
  readonly signature?: string;
};

const isCount = (value: unknown): boolean => Number.isSafeInteger(value) && (value as number) >= 0;
const isText = (value: unknown): boolean => typeof value === 'string' && value !== '';
const isHash = (value: unknown): boolean => typeof value === 'string' && /^[0-9a-f]{64}$/.test(value);
const isOptionalText = (value: unknown): boolean => value === undefined || isText(value);

const fields: { readonly [Field in keyof Required<Seal>]: (value: unknown) => boolean } = {
  number: isCount,
  events: isCount,
  lastEvent: isText,
  lastStream: isText,
  lastRevision: isCount,
  root: isHash,
  previous: isHash,
  at: isCount,
  key: isOptionalText,
  signature: isOptionalText,
};

/** The seal that an event holds, or what of it is not as it must be. */
export const readSeal = ({
  type,
  data,
}: Pick<StoredEvent, 'type' | 'data'>): Seal | { readonly fault: string } => {
  if (type !== sealType) return { fault: `it is a ${type}` };
  for (const [field, fits] of Object.entries(fields)) {
    if (!fits(data[field])) return { fault: `its ${field} is not what a seal's must be` };
  }
  return data as Seal;
};

/** What the next seal names this one by. */
export const hashOfSeal = (seal: JsonObject): string => hash('sha256', canonicalJson(seal), 'hex');

const signedText = ({ signature, ...signed }: JsonObject): string => canonicalJson(signed);

/** The seal with a signature. */
export const signSeal = (seal: Seal, { key, sign }: SealKey): Seal => {
  const named = { ...seal, key };
  return { ...named, signature: sign(signedText(named)) };
};

/** Whether a seal is signed, with the key that it names itself. */
export const isWellSigned = (seal: Seal): boolean =>
  seal.key !== undefined &&
  seal.signature !== undefined &&
  isSignedBy(seal.key, signedText(seal), seal.signature);
