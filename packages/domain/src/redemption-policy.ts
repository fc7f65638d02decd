import type { Currency } from '@carat/protocol';
import type { Charges } from './quote.ts';
import { dayOf } from './settlement.ts';
import type { Standing } from './standing.ts';

const dayMs = 86_400_000;

/** What an operator configures of redemptions. What a request was granted by is in its quote. */
export type RedemptionPolicy = {
  readonly minDiamonds: number;
  /** Of one creator within any `rollingMs`. */
  readonly maxDiamonds: number;
  /** Requests within `rollingMs` that come to more together wait for an operator. */
  readonly reviewAboveDiamonds: number;
  /** Minor units, per currency; none where it is missing. */
  readonly feeMinor: Readonly<Partial<Record<Currency, number>>>;
  readonly feePerMille: number;
  /** By tax status. */
  readonly withholdingPerMille: Readonly<Record<string, number>>;
  /** Where there is no tax form, none that is still valid, or none of a status named above. */
  readonly withholdingWithoutFormPerMille: number;
  /** Years for which a form is valid after the one it was signed in. */
  readonly formYears: number;
};

/** Within any such time no more than the maximum is redeemed. */
export const rollingMs = dayMs;
/** For how long a payout method must have stood before it is paid to. */
export const methodAgeMs = dayMs;

export const defaultPolicy: RedemptionPolicy = {
  minDiamonds: 10_000,
  maxDiamonds: 200_000,
  reviewAboveDiamonds: 20_000,
  feeMinor: {},
  feePerMille: 50,
  withholdingPerMille: {},
  withholdingWithoutFormPerMille: 0,
  formYears: 3,
};

/** What is withheld of a creator's redemptions at an instant. */
export const withholdingOf = ({ tax }: Standing, policy: RedemptionPolicy, at: number): number => {
  const year = Number(dayOf(at).slice(0, 'yyyy'.length));
  const isValid = tax !== null && (tax.formYear === null || year <= tax.formYear + policy.formYears);
  const named = isValid && Object.hasOwn(policy.withholdingPerMille, tax.status);
  return named ? policy.withholdingPerMille[tax.status]! : policy.withholdingWithoutFormPerMille;
};

export const chargesOf = (
  currency: string,
  standing: Standing,
  policy: RedemptionPolicy,
  at: number,
): Charges => ({
  feeMinor: policy.feeMinor[currency as Currency] ?? 0,
  feePerMille: policy.feePerMille,
  withholdingPerMille: withholdingOf(standing, policy, at),
});
