import type { redemptions } from '@carat/protocol';
import { formatDateTime } from '../../shared/format.ts';
import type { Stand } from '../stands.ts';

type Standing = redemptions.StandingShown;
type Violation = Standing['violations'][number];

/** What follows from a violation, in a sentence. */
export const sayFollows = (violation: Violation): string => {
  if (violation.withdrawn) return 'Withdrawn: nothing follows from it.';
  if (violation.closed) return 'The account is closed.';
  const { giftsOffUntil, redemptionHeldUntil } = violation;
  const follows = [
    ...(giftsOffUntil === null ? [] : [`no gifts until ${formatDateTime(giftsOffUntil)}`]),
    ...(redemptionHeldUntil === null ? [] : [`no payouts until ${formatDateTime(redemptionHeldUntil)}`]),
  ];
  const said = follows.join(', ');
  return said === '' ? 'A warning: nothing follows from it.' : `${said[0]!.toUpperCase()}${said.slice(1)}.`;
};

const identities: Readonly<Record<Standing['identity'], Stand>> = {
  verified: { tone: 'good', words: 'Verified' },
  pending: { tone: 'waiting', words: 'Being verified' },
  unverified: { tone: 'waiting', words: 'Not verified' },
  rejected: { tone: 'bad', words: 'Rejected' },
};

export const identityStand = (identity: Standing['identity']): Stand => identities[identity];

/** Whether a freeze holds at an instant, in ms since 1970: one that has run out does not. */
export const isFrozen = ({ freeze }: Pick<Standing, 'freeze'>, at: number): boolean =>
  freeze !== null && (freeze.until === null || freeze.until > at);

/**
 * Whether a creator may earn and redeem, the worst first. A freeze or hold that has run out is none.
 * @param at in ms since 1970
 */
export const accountStand = (standing: Standing, at: number): Stand => {
  const counted = standing.violations.filter(({ withdrawn }) => !withdrawn);
  if (counted.some(({ closed }) => closed)) return { tone: 'bad', words: 'Closed' };
  if (isFrozen(standing, at)) return { tone: 'bad', words: 'Frozen' };
  const isAhead = (until: number | null): boolean => until !== null && until > at;
  if (counted.some(({ redemptionHeldUntil }) => isAhead(redemptionHeldUntil))) {
    return { tone: 'bad', words: 'Payouts held' };
  }
  if (counted.some(({ giftsOffUntil }) => isAhead(giftsOffUntil))) return { tone: 'bad', words: 'Gifts off' };
  return { tone: 'good', words: 'In good standing' };
};
