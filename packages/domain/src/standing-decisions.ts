import type { Refusal } from '@carat/protocol';
import { type Accepted, accept, type Decision, nothing, refuse } from './decision.ts';
import type { Event, StandingEvent } from './events.ts';
import { type Standing, violationsOf } from './standing.ts';

/** Who is spoken of, who says so, and when. Standing is decided over `standing-<creatorId>`. */
export type OfCreator = { readonly creator: string; readonly by: string; readonly now: number };

type Said<T extends StandingEvent['type']> = Decision<Event<T>, Refusal>;

const say = ({ creator, by, now }: OfCreator, standing: Standing) => ({
  creator,
  by,
  at: Math.max(now, standing.at),
});

/** Says how far the identity is verified; the same again decides nothing. */
export const setIdentityStatus = (
  command: OfCreator & Pick<Event<'IdentityStatusSet'>['data'], 'status' | 'reference'>,
  standing: Standing,
): Accepted<Event<'IdentityStatusSet'>> => {
  const { status, reference } = command;
  if (standing.identity === status && standing.identityReference === reference) return nothing;
  return accept({ type: 'IdentityStatusSet', data: { ...say(command, standing), status, reference } });
};

/** Says by which tax status, and of which year's form, is withheld; the same again decides nothing. */
export const setTaxStatus = (
  command: OfCreator & Pick<Event<'TaxStatusSet'>['data'], 'status' | 'formYear' | 'reference'>,
  standing: Standing,
): Accepted<Event<'TaxStatusSet'>> => {
  const { status, formYear, reference } = command;
  const { tax } = standing;
  if (tax?.status === status && tax.formYear === formYear && tax.reference === reference) return nothing;
  const data = { ...say(command, standing), status, formYear, reference };
  return accept({ type: 'TaxStatusSet', data });
};

/** Says where to pay to; the same again decides nothing, so its age stays. */
export const setPayoutMethod = (
  command: OfCreator & { readonly provider: string; readonly reference: string },
  standing: Standing,
): Accepted<Event<'PayoutMethodSet'>> => {
  const { provider, reference } = command;
  if (standing.method?.provider === provider && standing.method.reference === reference) return nothing;
  return accept({ type: 'PayoutMethodSet', data: { ...say(command, standing), provider, reference } });
};

/** Takes the payout method away; where there is none, decides nothing. */
export const removePayoutMethod = (
  command: OfCreator,
  standing: Standing,
): Accepted<Event<'PayoutMethodRemoved'>> =>
  standing.method === null ? nothing : accept({ type: 'PayoutMethodRemoved', data: say(command, standing) });

/** Freezes a creator, until an instant or (null) until it is released; the same again decides nothing. */
export const freezeCreator = (
  command: OfCreator & { readonly reason: string; readonly until: number | null },
  standing: Standing,
): Said<'CreatorFrozen'> => {
  const { reason, until, now } = command;
  if (standing.freeze?.reason === reason && standing.freeze.until === until) return nothing;
  if (until !== null && until <= now) return refuse('freeze_ends_in_the_past');
  return accept({ type: 'CreatorFrozen', data: { ...say(command, standing), reason, until } });
};

/** Ends a freeze, also one that ran out; where there is none, decides nothing. */
export const releaseCreator = (
  command: OfCreator & { readonly reason: string },
  standing: Standing,
): Accepted<Event<'CreatorReleased'>> => {
  if (standing.freeze === null) return nothing;
  return accept({ type: 'CreatorReleased', data: { ...say(command, standing), reason: command.reason } });
};

/** What follows from a violation: for so many days no gifts, no redemption (0: neither); or for good. */
export type ScaleStep = {
  readonly giftsOffDays: number;
  readonly redemptionHeldDays: number;
  readonly closed: boolean;
};
/** The first step for the first violation that counts, the last one for all beyond. */
export type ViolationScale = readonly [ScaleStep, ...ScaleStep[]];

/** A warning; a week without gifts; a month with neither; the end. */
export const defaultScale: ViolationScale = [
  { giftsOffDays: 0, redemptionHeldDays: 0, closed: false },
  { giftsOffDays: 7, redemptionHeldDays: 0, closed: false },
  { giftsOffDays: 30, redemptionHeldDays: 30, closed: false },
  { giftsOffDays: 0, redemptionHeldDays: 0, closed: true },
];

export type RecordViolation = OfCreator & {
  readonly violation: string;
  /** Which guideline, as a reference. */
  readonly guideline: string;
  readonly scale: ViolationScale;
};

const dayMs = 86_400_000;

/** Records a violation and, in the same event, what follows from it by the scale; once per id. */
export const recordViolation = (command: RecordViolation, standing: Standing): Said<'ViolationRecorded'> => {
  const { violation, guideline, scale } = command;
  const known = standing.violations.get(violation);
  if (known) return known.guideline === guideline ? nothing : refuse('violation_id_taken');
  const said = say(command, standing);
  const step = scale[Math.min(violationsOf(standing).length, scale.length - 1)]!;
  const until = (days: number): number | null => (days === 0 ? null : said.at + days * dayMs);
  const follows = {
    giftsOffUntil: until(step.giftsOffDays),
    redemptionHeldUntil: until(step.redemptionHeldDays),
    closed: step.closed,
  };
  return accept({ type: 'ViolationRecorded', data: { ...said, violation, guideline, ...follows } });
};

/** Takes a violation back, with all that followed from it; again decides nothing. */
export const withdrawViolation = (
  command: OfCreator & { readonly violation: string; readonly reason: string },
  standing: Standing,
): Said<'ViolationWithdrawn'> => {
  const { violation, reason } = command;
  const known = standing.violations.get(violation);
  if (known === undefined) return refuse('violation_unknown');
  if (known.withdrawn) return nothing;
  return accept({ type: 'ViolationWithdrawn', data: { ...say(command, standing), violation, reason } });
};
