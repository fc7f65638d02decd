import {
  balanceOf,
  createAwards,
  type Earnings,
  type EarningsEvent,
  type Event,
  evolveSettlement,
  foldEarnings,
  initialEarnings,
  initialSettlement,
  isExact,
  missingDiamonds,
  readEvent,
} from '@carat/domain';
import type { EventStore } from '@carat/event-store';
import type { SandboxPayout } from '@carat/payout-providers/sandbox';
import { expect } from 'vitest';

const pageEvents = 5_000;

/** All of the log, folded by hand. */
const readLog = async (store: Pick<EventStore, 'readAll'>): Promise<Event[]> => {
  const events: Event[] = [];
  for (let after: Awaited<ReturnType<EventStore['readAll']>>['upTo']; ; ) {
    const page = await store.readAll({ after, limit: pageEvents });
    events.push(...page.events.flatMap((stored) => readEvent(stored) ?? []));
    if (page.atHead) return events;
    after = page.upTo;
  }
};

/** Follows the log, and proves that a day that is said to be settled is so for all who earned in it. */
const createSettledProof = () => {
  const earned = new Map<string, bigint>();
  const settled = new Map<string, bigint>();
  const closed = new Map<string, ReadonlyMap<string, bigint>>();
  const add = (
    sums: Map<string, bigint>,
    { creator, millidiamonds }: { creator: string; millidiamonds: string | number },
  ) => sums.set(creator, (sums.get(creator) ?? 0n) + BigInt(millidiamonds));
  return (event: Event): void => {
    if (event.type === 'GiftSent') add(earned, event.data);
    if (event.type === 'DiamondsSettled') add(settled, event.data);
    if (event.type === 'DayClosed') closed.set(event.data.day, new Map(earned));
    if (event.type === 'DaySettled') expect(new Map(settled)).toEqual(closed.get(event.data.day));
  };
};

/**
 * Proves from the log alone that no diamond is lost or made, none is left unsettled or paid twice, no
 * balance is below zero and every part of a minor unit is in some line.
 * @returns the earnings of all creators
 */
export const proveConservation = async (
  store: Pick<EventStore, 'readAll'>,
): Promise<Map<string, Earnings>> => {
  const awards = createAwards();
  let settlement = initialSettlement;
  const creators = new Map<string, EarningsEvent[]>();
  const proveSettled = createSettledProof();
  for (const event of await readLog(store)) {
    proveSettled(event);
    if (event.type === 'GiftSent' || event.type === 'DayClosed' || event.type === 'DiamondsSettled') {
      expect(awards.see(event)).toBeUndefined();
    }
    if (event.type === 'DayClosed' || event.type === 'DaySettled') {
      settlement = evolveSettlement(settlement, event);
    } else if (event.type === 'DiamondsSettled' || 'redemption' in event.data) {
      const earned = event as EarningsEvent;
      const { creator } = earned.data;
      creators.set(creator, [...(creators.get(creator) ?? []), earned]);
    }
  }
  const earnings = new Map<string, Earnings>();
  for (const [creator, events] of creators) {
    const paid = events.flatMap(({ type, data }) => (type === 'PayoutPaid' ? [data.redemption] : []));
    expect(new Set(paid).size).toBe(paid.length);
    const folded = foldEarnings(initialEarnings, events);
    const balance = balanceOf(folded, settlement);
    expect(missingDiamonds(awards.of(creator), balance)).toBe(0n);
    for (const amount of Object.values(balance)) expect(amount >= 0n).toBe(true);
    for (const { quote } of folded.redemptions.values()) expect(isExact(quote)).toBe(true);
    earnings.set(creator, folded);
  }
  return earnings;
};

/** Proves that a ledger agrees with the log to the cent once all is at its end, and holds nothing twice. */
export const proveLedger = (
  earnings: ReadonlyMap<string, Earnings>,
  ledger: readonly Pick<SandboxPayout, 'key' | 'amountMinor' | 'ends'>[],
): void => {
  expect(new Set(ledger.map(({ key }) => key)).size).toBe(ledger.length);
  const inLog = [...earnings.values()].flatMap(({ redemptions }) =>
    [...redemptions.values()].flatMap(({ payout, quote, status }) =>
      payout === null ? [] : [{ key: payout.key, amountMinor: quote.net, ends: status }],
    ),
  );
  const byKey = (a: { key: string }, b: { key: string }): number => (a.key < b.key ? -1 : 1);
  const inLedger = ledger.map(({ key, amountMinor, ends }) => ({ key, amountMinor, ends }));
  expect(inLog.sort(byKey)).toEqual(inLedger.sort(byKey));
};
