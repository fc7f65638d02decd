import type { RedemptionPolicy, ViolationScale } from '@carat/domain';

/** What of redemptions is configured. */
export type MoneyTerms = {
  readonly policy: RedemptionPolicy;
  readonly scale: ViolationScale;
  /** Providers that a payout method may name. */
  readonly providers: readonly string[];
};
