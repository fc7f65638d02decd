import type { Event } from '@carat/domain';
import type { ExplainedDay, ExplainedRedemption, Placed, SettledGift } from '@carat/history';
import { diamonds, tellExactMoney, tellMoney } from '../amounts.ts';
import { formatInstant } from '../inspect/gist.ts';
import { tellPayout } from '../inspect/payout-gist.ts';
import { many, wrap } from '../wording.ts';

/** A day's bookings, as far as they are listed, and whether more come after them. */
export type ListedGifts = { readonly gifts: readonly SettledGift[]; readonly isLast: boolean };

const placeOf = ({ position, id, revision, stream }: Placed<Event>): string =>
  wrap([`    @${position}`, `event ${id},`, `number ${revision} of ${stream}`]);

/** From gifts to what the provider did, each with the event that says so; in 80 columns where ids are not. */
export const showRedemption = (
  explained: ExplainedRedemption,
  gifts: ReadonlyMap<string, ListedGifts> | undefined,
  asOf: string,
): string[] => {
  const { redemption, creator, status, quote } = explained;
  return [
    wrap([`Redemption ${redemption}`, `of ${creator},`, `${asOf}:`]),
    `  ${status.replace('_', ' ').toUpperCase()}: ${many(quote.diamonds, 'diamond')} ` +
      `for ${tellMoney(quote.net, quote.currency)}`,
    'Diamonds, first settled first redeemed: a way of counting, as they are alike',
    ...explained.days.flatMap((day) => showDay(day, gifts?.get(day.day))),
    ...showRate(explained),
    ...showQuote(explained),
    ...showProvider(explained),
    'What became of it',
    ...explained.events.flatMap(showEvent),
  ];
};

const showDay = (
  { day, taken, settled, cut, cutBefore }: ExplainedDay,
  listed: ListedGifts | undefined,
): string[] => {
  const { gifts, coins, millidiamonds, hash } = settled.data;
  const from = cutBefore ? `@${cutBefore.position}` : 'the start of the log';
  return [
    `  ${day}: ${diamonds(taken)} of ${diamonds(millidiamonds)} diamonds settled`,
    placeOf(settled),
    wrap([
      `    by ${many(gifts, 'gift')} for ${coins} coins`,
      `booked between ${from} and ${cut ? `@${cut.position}` : 'no cut'}`,
    ]),
    `    hash ${hash}`,
    ...(listed ? listed.gifts.flatMap(showGift) : []),
    ...(listed && !listed.isLast ? ['      … and more: see --limit'] : []),
  ];
};

const showGift = ({ position, id, gift: sent }: SettledGift): string[] => [
  wrap([
    `      @${position} ${formatInstant(sent.at)}`,
    `${sent.booked} x ${sent.gift} at ${sent.unitCoins} = ${many(sent.coins, 'coin')}`,
    `x ${sent.rate}/1000 = ${diamonds(sent.millidiamonds)} diamonds`,
  ]),
  wrap([`        event ${id},`, `by ${sent.viewer}`, `in ${sent.live}`]),
];

const showRate = ({ quote, rateSet }: ExplainedRedemption): string[] => {
  const { numerator, denominator } = quote.rate;
  const since = rateSet ? ` from ${formatInstant(rateSet.data.from)}` : '';
  return [
    `Rate: ${numerator}/${denominator} minor units of ${quote.currency} per diamond${since}`,
    rateSet ? placeOf(rateSet) : '    which the log has not set before it',
  ];
};

const showQuote = ({ quote }: ExplainedRedemption): string[] => {
  const { currency, denominator, feeMinor, feePerMille, withholdingPerMille } = quote;
  const exact = (numerator: string) => tellExactMoney(numerator, denominator, currency);
  const fixed = feeMinor > 0 ? `${tellMoney(String(feeMinor), currency)} and ` : '';
  return [
    'Money, as quoted when it was requested',
    `  gross     ${exact(quote.gross)}`,
    wrap([`  fee       ${exact(quote.fee)},`, `that is ${fixed}${feePerMille} per mille`]),
    wrap([`  withheld  ${exact(quote.withheld)},`, `that is ${withholdingPerMille} per mille`]),
    wrap([`  remainder ${exact(quote.remainder)},`, 'which rounding down left']),
    `  net       ${tellMoney(quote.net, currency)}`,
  ];
};

const showProvider = ({ method, payout, reference, reason }: ExplainedRedemption): string[] => [
  wrap([`Paid to ${method.reference}`, `at ${method.provider}`]),
  ...(payout ? [wrap(['  key', payout.key])] : ['  no payout was started']),
  ...(reference === null ? [] : [wrap(['  reference', reference])]),
  ...(reason === null ? [] : [wrap(['  reason:', ...reason.split(' ')])]),
];

const showEvent = (event: ExplainedRedemption['events'][number]): string[] => [
  wrap([`  ${formatInstant(event.data.at)} ${event.type}`, ...tellPayout(event, formatInstant).split(' ')]),
  placeOf(event),
];
