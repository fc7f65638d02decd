import { z } from 'zod';
import { paymentSchema } from '../payment.ts';
import type { PayoutState } from '../port.ts';

/** One line of the ledger: a payout as it was made, and what was decided to become of it. */
export const payoutSchema = paymentSchema.extend({
  reference: z.string(),
  madeAt: z.int(),
  ends: z.enum(['paid', 'failed', 'returned']),
  settleMs: z.int(),
  returnMs: z.int(),
});

export type SandboxPayout = z.output<typeof payoutSchema>;

/** How a payout stands in an answer and in a webhook. */
export const stateSchema = z.discriminatedUnion('outcome', [
  z.object({ outcome: z.enum(['sent', 'paid']), reference: z.string() }),
  z.object({ outcome: z.enum(['failed', 'returned']), reference: z.string(), reason: z.string() }),
]);

/** The states that a payout runs through, and from when on each holds, in ms since 1970. */
export const statesOf = (payout: SandboxPayout): readonly { from: number; state: PayoutState }[] => {
  const { reference, madeAt, ends } = payout;
  const settledAt = madeAt + payout.settleMs;
  const settled: PayoutState =
    ends === 'failed'
      ? { outcome: 'failed', reference, reason: 'the sandbox was told to fail it' }
      : { outcome: 'paid', reference };
  const returned: PayoutState = {
    outcome: 'returned',
    reference,
    reason: 'the sandbox was told to return it',
  };
  return [
    ...(payout.settleMs > 0 ? [{ from: madeAt, state: { outcome: 'sent', reference } as const }] : []),
    { from: settledAt, state: settled },
    ...(ends === 'returned' ? [{ from: settledAt + payout.returnMs, state: returned }] : []),
  ];
};

/** How a payout stands at a moment: its fate is in the ledger, so nothing else needs to be. */
export const stateAt = (payout: SandboxPayout, now: number): PayoutState => {
  const states = statesOf(payout);
  return (states.findLast(({ from }) => from <= now) ?? states[0]!).state;
};
