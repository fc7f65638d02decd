import type { Redemption, Standing } from '@carat/domain';
import type { redemptions } from '@carat/protocol';

/** A redemption as it is answered. */
export const showRedemption = (creator: string, known: Redemption): redemptions.RedemptionShown => ({
  creator,
  ...known,
  reviewReasons: [...known.reviewReasons],
});

/** A standing as it is answered. */
export const showStanding = (
  creator: string,
  { at: _, violations, nearedThresholds, ...standing }: Standing,
): redemptions.StandingShown => ({
  creator,
  ...standing,
  violations: [...violations].map(([violation, recorded]) => ({ violation, ...recorded })),
  nearedThresholds: [...nearedThresholds],
});
