import { type EarningsEvent, earningsEventTypes, readEventOf, streams } from '@carat/domain';
import { type EventStore, readWholeStream } from '@carat/event-store';
import { formatMoney, isCurrency, type redemptions } from '@carat/protocol';
import { limits } from '../limits.ts';

export type RedemptionEvent = Exclude<EarningsEvent, { readonly type: 'DiamondsSettled' }>;

/** All events of a creator's earnings, in order. @throws EventStoreError, UnreadableEvent */
export const readEarningsEvents = async (store: EventStore, creator: string): Promise<EarningsEvent[]> => {
  const stored = await readWholeStream(store, streams.earnings(creator), limits.pageEvents);
  return stored.map((event) => readEventOf(earningsEventTypes, event));
};

/** What happened to one redemption, in order; none where there is no such redemption. */
export const eventsOf = (events: readonly EarningsEvent[], redemption: string): RedemptionEvent[] =>
  events.filter(
    (event): event is RedemptionEvent =>
      event.type !== 'DiamondsSettled' && event.data.redemption === redemption,
  );

/** An event of a redemption as it is answered. */
export const tellEvent = (event: RedemptionEvent): redemptions.RedemptionTold['events'][number] => ({
  type: event.type,
  at: event.data.at,
  by: 'by' in event.data ? event.data.by : null,
  says: say(event),
});

const money = (minor: string, currency: string): string =>
  isCurrency(currency) ? formatMoney(BigInt(minor), currency) : `${minor} minor units of ${currency}`;

/** What an event means for whoever waits for the money, in a sentence. */
const say = ({ type, data }: RedemptionEvent): string => {
  switch (type) {
    case 'RedemptionRequested': {
      const { diamonds, net, currency } = data.quote;
      return `${diamonds} diamonds were asked for, to be paid as ${money(net, currency)}.`;
    }
    case 'RedemptionPutInReview':
      return `It waits for an operator: ${data.reasons.join('; ')}.`;
    case 'RedemptionApproved':
      return data.by === 'policy'
        ? 'It was approved at once, as it is small and ordinary.'
        : 'It was approved.';
    case 'RedemptionRefused':
      return `It was refused, and the diamonds went back: ${data.reason}`;
    case 'RedemptionCancelled':
      return 'It was taken back, and the diamonds with it.';
    case 'PayoutStarted':
      return `The payout was begun by ${data.provider}.`;
    case 'PayoutNotMade':
      return `The payout was not made, and will be begun again: ${data.reason}`;
    case 'PayoutSent':
      return `The payout is on its way, as ${data.reference}.`;
    case 'PayoutPaid':
      return `The payout has arrived, as ${data.reference}.`;
    case 'PayoutFailed':
      return `The payout failed, and the diamonds went back: ${data.reason}`;
    case 'PayoutReturned':
      return `The payout came back, and the diamonds with it: ${data.reason}`;
  }
};
