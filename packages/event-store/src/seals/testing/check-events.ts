import type { StoredEvent } from '../../port.ts';
import { createSealCheck, type SealSums } from '../check.ts';
import type { SealFinding } from '../findings.ts';
import { sealsStream } from '../seal.ts';

/** Holds events against the seals among them. */
export const checkEvents = (
  events: readonly StoredEvent[],
  known: readonly string[] = [],
): {
  readonly findings: readonly SealFinding[];
  readonly faults: readonly string[];
  readonly sums: SealSums;
} => {
  const findings: SealFinding[] = [];
  const check = createSealCheck((finding) => findings.push(finding), new Set(known));
  for (const event of events) if (event.stream === sealsStream) check.announce(event);
  for (const event of events) check.see(event);
  const sums = check.finish();
  return {
    findings,
    faults: findings.map(({ fault, seals: [first, last] }) => `${fault} ${first} ${last}`),
    sums,
  };
};
