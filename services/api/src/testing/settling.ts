import type { Event } from '@carat/domain';
import { streams } from '@carat/domain';
import type { EventStore } from '@carat/event-store';
import { v4 } from 'uuid';
import type { callerOf } from './api-under-test.ts';
import { operator, service } from './api-under-test.ts';

export const dayMs = 86_400_000;

/** Appends to a stream wherever it ends. */
export const appendTo = async (store: EventStore, stream: string, ...events: Event[]): Promise<void> => {
  const page = await store.readStream(stream, { direction: 'backwards', limit: 1 });
  const expected = page.exists ? page.last : 'no_stream';
  const stored = events.map(({ type, data }) => ({ id: v4(), type, data }));
  const { appended } = await store.append([{ stream, expected, events: stored }]);
  if (!appended) throw new Error(`Somebody else wrote to ${stream}.`);
};

/** Closes and settles a day as the payouts service does. */
export const settleDay = async (
  store: EventStore,
  day: string,
  earned: Readonly<Record<string, number>>,
  { holdDays = 0, at = Date.parse(day) + dayMs }: { holdDays?: number; at?: number } = {},
): Promise<void> => {
  const closed = { type: 'DayClosed', data: { day, previous: null, holdDays, at } } as const;
  await appendTo(store, streams.settlement, closed);
  for (const [creator, diamonds] of Object.entries(earned)) {
    const sums = { gifts: 1, coins: String(diamonds), millidiamonds: String(diamonds * 1_000) };
    const data = { creator, day, ...sums, hash: 'a'.repeat(64), at };
    await appendTo(store, streams.earnings(creator), { type: 'DiamondsSettled', data });
  }
  const sums = { creators: Object.keys(earned).length, gifts: 1, coins: '1', millidiamonds: '1' };
  await appendTo(store, streams.settlement, { type: 'DaySettled', data: { day, ...sums, at } });
};

type Calling = Pick<ReturnType<typeof callerOf>, 'call'>;

/** Sets what a diamond is worth: so many US cents for so many diamonds. */
export const setRate = ({ call }: Calling, numerator: number, denominator: number) =>
  call('POST', '/rates/money', operator, { currency: 'USD', numerator, denominator });

/** Says all that a creator needs to redeem; the payout method must stand for a day first. */
export const vouchFor = async ({ call }: Calling, creator: string): Promise<void> => {
  await call('PUT', `/creators/${creator}/identity`, service, { status: 'verified', reference: 'doc-1' });
  await call('PUT', `/creators/${creator}/payout-method`, service, { provider: 'sandbox', reference: 'm1' });
};
