import type { StandingEvent } from './events.ts';

export type PayoutMethod = {
  readonly provider: string;
  /** What the provider or the platform calls it: never an address or an account number. */
  readonly reference: string;
  /** When it was set: it takes a while until it is paid to. */
  readonly since: number;
};

export type Violation = {
  readonly guideline: string;
  readonly giftsOffUntil: number | null;
  readonly redemptionHeldUntil: number | null;
  readonly closed: boolean;
  readonly withdrawn: boolean;
};

/**
 * What the platform says of a creator: references only, no documents and no personal data. Stream:
 * `standing-<creatorId>`, apart from `earnings-<creatorId>`, so that a gateway that must know who takes gifts
 * follows a few events and not every settlement.
 */
export type Standing = {
  readonly at: number;
  readonly identity: 'unverified' | 'pending' | 'verified' | 'rejected';
  readonly identityReference: string | null;
  readonly tax: {
    readonly status: string;
    readonly formYear: number | null;
    readonly reference: string | null;
  } | null;
  readonly method: PayoutMethod | null;
  readonly freeze: { readonly reason: string; readonly until: number | null } | null;
  readonly violations: ReadonlyMap<string, Violation>;
  /** Thresholds that were told of, as `<threshold> <period>`. */
  readonly nearedThresholds: ReadonlySet<string>;
};

export const initialStanding: Standing = {
  at: 0,
  identity: 'unverified',
  identityReference: null,
  tax: null,
  method: null,
  freeze: null,
  violations: new Map(),
  nearedThresholds: new Set(),
};

export const standingEventTypes = [
  'IdentityStatusSet',
  'TaxStatusSet',
  'PayoutMethodSet',
  'PayoutMethodRemoved',
  'CreatorFrozen',
  'CreatorReleased',
  'ViolationRecorded',
  'ViolationWithdrawn',
  'ThresholdNeared',
] as const;

export const evolveStanding = (standing: Standing, event: StandingEvent): Standing => ({
  ...standing,
  ...changeOf(standing, event),
  at: event.data.at,
});

const changeOf = (standing: Standing, event: StandingEvent): Partial<Standing> => {
  switch (event.type) {
    case 'IdentityStatusSet':
      return { identity: event.data.status, identityReference: event.data.reference };
    case 'TaxStatusSet': {
      const { status, formYear, reference } = event.data;
      return { tax: { status, formYear, reference } };
    }
    case 'PayoutMethodSet': {
      const { provider, reference, at: since } = event.data;
      return { method: { provider, reference, since } };
    }
    case 'PayoutMethodRemoved':
      return { method: null };
    case 'CreatorFrozen':
      return { freeze: { reason: event.data.reason, until: event.data.until } };
    case 'CreatorReleased':
      return { freeze: null };
    case 'ViolationRecorded': {
      const { violation, guideline, giftsOffUntil, redemptionHeldUntil, closed } = event.data;
      const recorded = { guideline, giftsOffUntil, redemptionHeldUntil, closed, withdrawn: false };
      return { violations: new Map(standing.violations).set(violation, recorded) };
    }
    case 'ViolationWithdrawn': {
      const { violation } = event.data;
      const recorded = standing.violations.get(violation);
      if (recorded === undefined) return {};
      return { violations: new Map(standing.violations).set(violation, { ...recorded, withdrawn: true }) };
    }
    case 'ThresholdNeared': {
      const { threshold, period } = event.data;
      return { nearedThresholds: new Set(standing.nearedThresholds).add(`${threshold} ${period}`) };
    }
  }
};

/** Violations that count: those that were not withdrawn. */
export const violationsOf = (standing: Standing): Violation[] =>
  [...standing.violations.values()].filter(({ withdrawn }) => !withdrawn);

/** Why something is not allowed, until when (null: until somebody decides so), and what the reason was. */
export type Restriction = {
  readonly why: 'closed' | 'frozen' | 'gifts_off' | 'redemption_held';
  readonly reason: string;
  readonly until: number | null;
};

/** Why the creator's lives can't receive gifts at an instant; undefined where they can. */
export const findGiftRestriction = (standing: Standing, at: number): Restriction | undefined =>
  findRestrictionOnAll(standing, at) ?? findLongest(standing, at, 'gifts_off');

/** Why the creator can't redeem at an instant; undefined where it may. */
export const findRedemptionRestriction = (standing: Standing, at: number): Restriction | undefined =>
  findRestrictionOnAll(standing, at) ?? findLongest(standing, at, 'redemption_held');

const findRestrictionOnAll = (standing: Standing, at: number): Restriction | undefined => {
  const closing = violationsOf(standing).find(({ closed }) => closed);
  if (closing) return { why: 'closed', reason: closing.guideline, until: null };
  const { freeze } = standing;
  if (freeze === null || (freeze.until !== null && at >= freeze.until)) return undefined;
  return { why: 'frozen', ...freeze };
};

/** The restriction that lasts longest, of all violations. */
const findLongest = (
  standing: Standing,
  at: number,
  why: 'gifts_off' | 'redemption_held',
): Restriction | undefined => {
  let longest: { reason: string; until: number } | undefined;
  for (const { guideline, giftsOffUntil, redemptionHeldUntil } of violationsOf(standing)) {
    const until = why === 'gifts_off' ? giftsOffUntil : redemptionHeldUntil;
    if (until !== null && until > at && until > (longest?.until ?? 0)) {
      longest = { reason: guideline, until };
    }
  }
  return longest && { why, ...longest };
};
