import type { MoneyStands } from '@carat/history';
import { formatInstant } from '../inspect/gist.ts';
import { many, wrap } from '../wording.ts';
import type { Status } from './status.ts';

/** How days, redemptions and payouts stand. */
export const moneyLines = (
  { settlement, redemptions, reconciliations }: MoneyStands,
  deadEnds: Status['deadEnds'],
): string[] => {
  const { lastClosed, closedAt, settledThrough, availableThrough } = settlement;
  const { inReview, approved, started, sent, oldestStarted } = redemptions;
  return [
    'money',
    `  days: closed through ${lastClosed}, at ${formatInstant(closedAt)}`,
    `    settled through ${settledThrough ?? 'none'}, available through ${availableThrough ?? 'none'}`,
    `  redemptions: ${inReview} in review, ${approved} approved, ${started} started, ${sent} sent`,
    ...(oldestStarted
      ? [wrap([`    started first: ${oldestStarted.key}`, `at ${formatInstant(oldestStarted.since)}`])]
      : []),
    ...(deadEnds === null ? [] : [`  payouts at a dead end: ${deadEnds}`]),
    ...reconciliations.map(({ provider, at, payouts, differences }) =>
      wrap([
        `  ${provider} compared at ${formatInstant(at)}:`,
        `${many(payouts, 'payout')},`,
        many(differences, 'difference'),
      ]),
    ),
  ];
};
