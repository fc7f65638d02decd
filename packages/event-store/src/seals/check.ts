import type { StoredEvent } from '../port.ts';
import { createChainCheck } from './chain.ts';
import { createSealFindings, type SealFinding } from './findings.ts';
import { createRangeCheck } from './ranges.ts';
import { readSeal } from './seal.ts';
import { createSignatureCheck } from './signatures.ts';

/** What the seals of a log say of it, besides what is wrong. */
export type SealSums = {
  readonly seals: number;
  /** Events up to the last one of the last seal that ends in its place, and those after it. */
  readonly sealed: number;
  readonly unsealed: number;
  /** When the last seal was made, ms since 1970. */
  readonly lastAt: number | null;
  /** Seals that are signed, and with which keys, the first ones of them. */
  readonly signed: number;
  readonly keys: readonly string[];
};

export type SealCheck = {
  /**
   * Tells of the next seal. Every seal is to be announced before the last event that it covers is seen; so
   * when the log is read in pages, as many seals ahead as a page has events.
   */
  announce(event: StoredEvent): void;
  /** The same of one that cannot be read, as it is damaged. */
  announceLost(): void;
  /** Seals announced whose last event has not been seen. */
  readonly ahead: number;
  /** Takes the next event of the log. */
  see(event: StoredEvent): void;
  /** Something of the log is damaged here, and passed over. */
  passDamage(): void;
  /** At the end of the log: tells what is left, and adds up. */
  finish(): SealSums;
};

/**
 * Holds a log against its seals as it is read once, forwards, in bounded memory. Whatever was done to it is
 * told with the seals around it, and no others.
 * @param known public keys as base64url, by which seals must be signed, from the first such seal on
 */
export const createSealCheck = (
  tell: (finding: SealFinding) => void,
  known: ReadonlySet<string> = new Set(),
): SealCheck => {
  const findings = createSealFindings(tell);
  const signatures = createSignatureCheck(known, findings);
  const chain = createChainCheck(findings);
  const ranges = createRangeCheck(findings);
  let seals = 0;
  let lastAt: number | null = null;

  const announceUnreadable = (): void => {
    seals += 1;
    findings.add({ fault: 'unreadable', seals: [seals, seals] });
    ranges.announce(seals, undefined);
  };

  return {
    announce: (event) => {
      const seal = readSeal(event);
      if ('fault' in seal) {
        announceUnreadable();
        return chain.see(seals, undefined, event.data);
      }
      seals += 1;
      lastAt = seal.at;
      ranges.announce(seals, seal);
      signatures.see(seals, seal);
      chain.see(seals, seal, event.data);
    },
    announceLost: () => {
      announceUnreadable();
      chain.lose();
    },
    get ahead() {
      return ranges.ahead;
    },
    see: ranges.see,
    passDamage: ranges.passDamage,
    finish: () => {
      const sums = ranges.finish();
      signatures.finish();
      findings.finish();
      const { signed, keys } = signatures;
      return { seals, ...sums, lastAt, signed, keys };
    },
  };
};
