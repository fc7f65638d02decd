import type { Event, PayoutEvent } from '@carat/domain';
import { tellMoney } from '../amounts.ts';
import { many } from '../wording.ts';

const tellRate = ({ currency, numerator, denominator }: Event<'MoneyRateSet'>['data']): string => {
  const minor = denominator === 1 ? String(numerator) : `${numerator}/${denominator}`;
  return `${minor} minor units of ${currency} per diamond`;
};

const tellRequest = ({ redemption, quote, by }: Event<'RedemptionRequested'>['data']): string => {
  const net = tellMoney(quote.net, quote.currency);
  return `${redemption}: ${many(quote.diamonds, 'diamond')} for ${net}, by ${by}`;
};

const tellEnd = (until: number | null, tellInstant: (ms: number) => string): string =>
  until === null ? 'until released' : `until ${tellInstant(until)}`;

/**
 * What an event on the way from diamonds to money says, in a few words.
 * @param tellInstant how an instant is written, in ms since 1970
 */
export const tellPayout = ({ type, data }: PayoutEvent, tellInstant: (ms: number) => string): string => {
  switch (type) {
    case 'MoneyRateSet':
      return `${tellRate(data)} from ${tellInstant(data.from)}`;
    case 'DayClosed':
      return `${data.day}, held for ${many(data.holdDays, 'day')}`;
    case 'DaySettled':
      return `${data.day}: ${many(data.creators, 'creator')}, ${data.millidiamonds} millidiamonds`;
    case 'DiamondsSettled':
      return `${data.day}: ${many(data.gifts, 'gift')}, ${data.millidiamonds} millidiamonds`;
    case 'RedemptionRequested':
      return tellRequest(data);
    case 'RedemptionPutInReview':
      return `${data.redemption}: ${data.reasons.join('; ')}`;
    case 'RedemptionApproved':
    case 'RedemptionCancelled':
      return `${data.redemption}, by ${data.by}`;
    case 'RedemptionRefused':
      return `${data.redemption}, by ${data.by}: ${data.reason}`;
    case 'PayoutStarted':
      return `${data.redemption}, by ${data.provider}`;
    case 'PayoutSent':
    case 'PayoutPaid':
      return `${data.redemption}, as ${data.reference}`;
    case 'PayoutNotMade':
    case 'PayoutFailed':
    case 'PayoutReturned':
      return `${data.redemption}: ${data.reason}`;
    case 'IdentityStatusSet':
      return `${data.status}, by ${data.by}`;
    case 'TaxStatusSet':
      return `${data.status}${data.formYear === null ? '' : ` of ${data.formYear}`}, by ${data.by}`;
    case 'PayoutMethodSet':
      return `${data.reference} at ${data.provider}, by ${data.by}`;
    case 'ThresholdNeared':
      return (
        `${data.threshold} of ${data.period}: ` +
        `${tellMoney(data.paid, data.currency)} of ${tellMoney(data.limit, data.currency)}`
      );
    case 'PayoutsReconciled': {
      const differences = data.differences.length + data.unnamed;
      return `${data.provider}: ${many(data.payouts, 'payout')}, ${many(differences, 'difference')}`;
    }
    case 'StatementIssued':
      return `of ${data.period}, by ${data.by}`;
    case 'PayoutMethodRemoved':
      return `by ${data.by}`;
    case 'CreatorFrozen':
      return `${tellEnd(data.until, tellInstant)}, by ${data.by}: ${data.reason}`;
    case 'CreatorReleased':
      return `by ${data.by}: ${data.reason}`;
    case 'ViolationRecorded':
      return `${data.violation} of ${data.guideline}, by ${data.by}`;
    case 'ViolationWithdrawn':
      return `${data.violation}, by ${data.by}: ${data.reason}`;
  }
};
