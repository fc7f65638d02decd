import { createHash } from 'node:crypto';
import { z } from 'zod';
import { sandboxLimits } from './limits.ts';

const share = z.number().min(0).max(1).default(0);
const delay = z.int().min(0);

/**
 * What goes wrong, as shares of all payouts or calls between 0 and 1. Each is drawn from `seed`, the payout's
 * key and, where a call is meant, the number of its attempt: so the same calls meet the same faults, in
 * whatever order they come, and a call that is made again may fare better.
 */
export const faultsSchema = z.strictObject({
  seed: z.string().max(100).default('carat'),
  /** Of calls: answered 503, nothing paid. */
  down: share,
  /** Of calls: paid, then the socket is cut. */
  lose: share,
  /** Of calls: answered after `delayMs`. */
  delay: share,
  delayMs: delay.max(sandboxLimits.maxDelayMs).default(200),
  /** Of payouts: failed at once. */
  fail: share,
  /** Of payouts: sent, then failed after `settleMs`. */
  failLater: share,
  /** Of payouts: paid, then returned `returnMs` later. */
  return: share,
  /** Of webhooks: sent twice. */
  twice: share,
  /** From made to paid, in ms; 0 pays at once. */
  settleMs: delay.default(0),
  /** From paid to returned, in ms. */
  returnMs: delay.default(1_000),
});

export type Faults = z.output<typeof faultsSchema>;
/** As it is asked for: what is left out is 0 or its default. */
export type FaultSettings = z.input<typeof faultsSchema>;

/** A number in [0, 1) that depends on these words alone. */
export const draw = (...words: readonly (string | number)[]): number =>
  createHash('sha256').update(JSON.stringify(words)).digest().readUIntBE(0, 6) / 2 ** 48;

/** What becomes of a payout: decided when it is made, so that it is the same after any restart. */
export type Fate = {
  readonly ends: 'paid' | 'failed' | 'returned';
  /** From its making to `paid` or `failed`, in ms; 0: at once. */
  readonly settleMs: number;
  /** From `paid` to `returned`, in ms. */
  readonly returnMs: number;
};

/** The fate of the payout with this key. */
export const drawFate = (faults: Faults, key: string): Fate => {
  const { settleMs, returnMs } = faults;
  const drawn = draw(faults.seed, 'fate', key);
  if (drawn < faults.fail) return { ends: 'failed', settleMs: 0, returnMs };
  if (drawn < faults.fail + faults.failLater)
    return { ends: 'failed', settleMs: Math.max(1, settleMs), returnMs };
  if (drawn < faults.fail + faults.failLater + faults.return) return { ends: 'returned', settleMs, returnMs };
  return { ends: 'paid', settleMs, returnMs };
};
