import { diamonds, tellMoney } from '../amounts.ts';
import { many, wrap } from '../wording.ts';
import type { EarningsSums } from './laws/earnings.ts';
import type { ProvedSeals } from './seals.ts';
import type { Verified } from './verify.ts';

/** What was proved, a line each, in 80 columns. */
export const describeProof = ({ agree, events, position, units, skipped, ...proved }: Verified): string =>
  [
    agree ? 'All is as the log says.' : 'NOT all is as the log says.',
    `  log: ${many(events, 'event')} up to position ${position ?? 'none'}, ${many(proved.wallets, 'wallet')}`,
    `  coins: ${proved.coins.granted} granted = ${proved.coins.held} held + ${proved.coins.spent} spent`,
    ...describeEarnings(proved.earnings, proved.millidiamonds),
    ...describeSeals(proved.seals),
    ...Object.entries(units).map(
      ([unit, compared]) =>
        `  ${unit}: ${many(compared.numbers, 'number')} as of position ${compared.position ?? 'none'}`,
    ),
    ...skipped.map(({ event, unit }) => `  taken out of ${unit} by an operator: event ${event}`),
  ].join('\n');

/** Nothing where no day was ever closed: then all that was awarded is pending. */
const describeEarnings = (
  { diamonds: are, closedThrough, settledThrough, redemptions, money }: EarningsSums,
  awarded: string,
): string[] => {
  if (closedThrough === null) return [];
  const { pending, held, available, onTheWay, paid } = are;
  const places = { pending, held, available, 'on the way': onTheWay, paid };
  return [
    wrap([
      `  diamonds: ${diamonds(awarded)} awarded =`,
      ...Object.entries(places).map(
        ([name, amount], n) => `${n === 0 ? '' : '+ '}${diamonds(amount)} ${name}`,
      ),
    ]),
    `  days: closed through ${closedThrough}, settled through ${settledThrough ?? 'none'}`,
    `  redemptions: ${redemptions}`,
    ...money.map(({ currency, sent, inFlight, paid: arrived }) =>
      wrap([
        `  money: ${tellMoney(sent, currency)} sent =`,
        `${tellMoney(inFlight, currency)} in flight + ${tellMoney(arrived, currency)} paid`,
      ]),
    ),
  ];
};

const describeSeals = ({ seals, sealed, unsealed, lastAt, signed, keys }: ProvedSeals): string[] => {
  if (lastAt === null) return ['  seals: none'];
  const last = new Date(lastAt).toISOString();
  return [
    `  seals: ${seals}, the last of ${last}`,
    `  events sealed: ${sealed}, not yet: ${unsealed}`,
    ...(signed > 0 ? [`  signed: ${signed} of the seals, with ${keys.join(', ')}`] : []),
  ];
};
