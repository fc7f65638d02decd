import type { Refusal } from '@carat/protocol';
import { accept, type Decision, nothing, refuse } from './decision.ts';
import type { Earnings, RedemptionStatus } from './earnings.ts';
import type { Event } from './events.ts';
import { refuseStanding } from './redemption.ts';
import type { Standing } from './standing.ts';

/** Somebody decides on a request that was made. */
export type OnRedemption = {
  readonly creator: string;
  readonly redemption: string;
  readonly by: string;
  readonly now: number;
};

/** Where a redemption can still be taken back: nobody has begun to pay it. */
const isUnpaid = (status: RedemptionStatus): boolean => status === 'in_review' || status === 'approved';

/** Approves what waits for an operator; what is approved already decides nothing. */
export const approveRedemption = (
  { creator, redemption, by, now }: OnRedemption,
  earnings: Earnings,
  standing: Standing,
): Decision<Event<'RedemptionApproved'>, Refusal> => {
  const known = earnings.redemptions.get(redemption);
  if (known === undefined) return refuse('redemption_unknown');
  if (known.status === 'approved') return nothing;
  if (known.status !== 'in_review') return refuse('redemption_too_late');
  const at = Math.max(now, earnings.at);
  const refused = refuseStanding(standing, at);
  return refused ?? accept({ type: 'RedemptionApproved', data: { creator, redemption, by, at } });
};

/** Refuses what nobody has begun to pay; its diamonds go back. Again decides nothing. */
export const turnDownRedemption = (
  { creator, redemption, by, now, reason }: OnRedemption & { readonly reason: string },
  earnings: Earnings,
): Decision<Event<'RedemptionRefused'>, Refusal> => {
  const known = earnings.redemptions.get(redemption);
  if (known === undefined) return refuse('redemption_unknown');
  if (known.status === 'refused') return nothing;
  if (!isUnpaid(known.status)) return refuse('redemption_too_late');
  const at = Math.max(now, earnings.at);
  return accept({ type: 'RedemptionRefused', data: { creator, redemption, reason, by, at } });
};

/** Takes back what nobody has begun to pay; its diamonds go back. Again decides nothing. */
export const cancelRedemption = (
  { creator, redemption, by, now }: OnRedemption,
  earnings: Earnings,
): Decision<Event<'RedemptionCancelled'>, Refusal> => {
  const known = earnings.redemptions.get(redemption);
  if (known === undefined) return refuse('redemption_unknown');
  if (known.status === 'cancelled') return nothing;
  if (!isUnpaid(known.status)) return refuse('redemption_too_late');
  const at = Math.max(now, earnings.at);
  return accept({ type: 'RedemptionCancelled', data: { creator, redemption, by, at } });
};
