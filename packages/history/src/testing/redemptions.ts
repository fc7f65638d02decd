import { randomUUID } from 'node:crypto';
import type { Event, Quote } from '@carat/domain';
import { type EventStore, type Expected, readWholeStream } from '@carat/event-store';

/** Appends to the end of a stream, whatever it holds. */
export const appendTo = async (
  store: EventStore,
  stream: string,
  ...events: readonly Event[]
): Promise<void> => {
  const { length } = await readWholeStream(store, stream, 1_000);
  const expected: Expected = length === 0 ? 'no_stream' : length - 1;
  const stored = events.map(({ type, data }) => ({ id: randomUUID(), type, data }));
  await store.append([{ stream, expected, events: stored }]);
};

const rate = { numerator: 1, denominator: 1 };
const quote: Quote = {
  ...{ diamonds: 100, currency: 'USD', rate, feeMinor: 0, feePerMille: 0, withholdingPerMille: 0 },
  ...{ denominator: '1', gross: '100', fee: '0', withheld: '0', net: '100', remainder: '0' },
};

/** The events of one redemption of a creator, each at an instant. */
export const redemptionOf = (creator: string, redemption: string) => {
  const of = (at: number) => ({ creator, redemption, at });
  const method = { provider: 'sandbox', reference: `account-of-${creator}` };
  return {
    requested: (at: number): Event<'RedemptionRequested'> => ({
      type: 'RedemptionRequested',
      data: { ...of(at), key: redemption, quote, method, by: creator },
    }),
    approved: (at: number): Event<'RedemptionApproved'> => ({
      type: 'RedemptionApproved',
      data: { ...of(at), by: 'policy' },
    }),
    started: (at: number): Event<'PayoutStarted'> => ({
      type: 'PayoutStarted',
      data: { ...of(at), key: `${creator}/${redemption}`, provider: 'sandbox' },
    }),
    paid: (at: number): Event<'PayoutPaid'> => ({
      type: 'PayoutPaid',
      data: { ...of(at), reference: `ref-${creator}-${redemption}` },
    }),
  };
};

export const dayClosed = (day: string, previous: string | null, at: number): Event<'DayClosed'> => ({
  type: 'DayClosed',
  data: { day, previous, holdDays: 7, at },
});
