import { addDays, maxSendDelayMs } from '@carat/domain';
import { limits } from '../limits.ts';
import type { MoneyStands } from './money.ts';

const dayMs = 86_400_000;

/**
 * What of days and payouts an operator should see to, in a sentence each.
 * @param deadEnds payouts that were tried in vain as often as they may; null where nobody can tell
 */
export const findMoneyFaults = (
  { settlement, redemptions, reconciliations }: MoneyStands,
  deadEnds: number | null,
  now: number,
): string[] => [
  ...dayFaults(settlement, now),
  ...startFaults(redemptions, now),
  ...(deadEnds === null || deadEnds === 0
    ? []
    : [`${deadEnds} ${deadEnds === 1 ? 'payout has' : 'payouts have'} come to a dead end: ${askService}`]),
  ...reconciliations.flatMap(({ provider, differences }) =>
    differences === 0
      ? []
      : [`${provider} and the log differ in ${differences} of their payouts (see carat payouts reconcile).`],
  ),
];

const askService = 'what the payouts service logs says why.';
const atWork = 'is a payouts service at work?';

const dayFaults = ({ lastClosed, closedAt, settledThrough }: MoneyStands['settlement'], now: number) => {
  const next = addDays(lastClosed, 1);
  const isUnclosed = now >= Date.parse(next) + dayMs + limits.maxUnclosedMs;
  const isUnsettled = settledThrough !== lastClosed && now >= closedAt + limits.maxUnsettledMs;
  return [
    ...(isUnclosed ? [`The day ${next} is over, and not closed: ${atWork}`] : []),
    ...(isUnsettled ? [`The day ${lastClosed} is closed, and not settled: ${atWork}`] : []),
  ];
};

const startFaults = ({ oldestStarted }: MoneyStands['redemptions'], now: number): string[] =>
  oldestStarted === null || now < oldestStarted.since + maxSendDelayMs
    ? []
    : [
        `What became of the payout ${oldestStarted.key} is unknown since ` +
          `${new Date(oldestStarted.since).toISOString().slice(0, 19).replace('T', ' ')}: ${askService}`,
      ];
