import { beginDay, type DayEarnings } from '../day-earnings.ts';
import type { Decision } from '../decision.ts';
import { type Earnings, evolveEarnings, initialEarnings } from '../earnings.ts';
import type { EarningsEvent, Event, RateEvent, SettlementEvent } from '../events.ts';
import { evolveMoneyRates, initialMoneyRates, type MoneyRates } from '../money-rates.ts';
import type { Outcome } from '../payout.ts';
import { evolveSettlement, initialSettlement } from '../settlement.ts';
import { noon } from './redeeming.ts';

export const creators = ['ann', 'bea'] as const;
export type Creator = (typeof creators)[number];

type Stored = Event<'GiftSent'> | SettlementEvent | EarningsEvent | RateEvent;
type Known = { readonly earnings: Earnings; readonly revision: number };
type Sent = {
  readonly key: string;
  readonly at: number;
  readonly net: bigint;
  readonly fate: 'paid' | 'failed' | 'returned';
};

/** A log, a provider, and two processes, each of which decides by what it read last. */
export const createWorld = () => {
  const log: { readonly id: string; readonly event: Stored }[] = [];
  const truth: Record<Creator, Known> = {
    ann: { earnings: initialEarnings, revision: 0 },
    bea: { earnings: initialEarnings, revision: 0 },
  };
  let settlement = { is: initialSettlement, revision: 0 };
  let rates: MoneyRates = initialMoneyRates;
  let now = noon;
  let named = 0;
  const read = [0, 1].map(() => ({ earnings: { ...truth }, settlement }));
  const ledger: Sent[] = [];
  /** What the provider tells, at any time, in any order, and again. */
  const told: Outcome[] = [];

  const write = (event: Stored): void => void log.push({ id: `e${log.length}`, event });

  /** Appends at the revision that the process knows; a lost race is no append, and it reads again. */
  const append = (process: number, creator: Creator, decision: Decision<EarningsEvent, unknown>): boolean => {
    const known = read[process]!.earnings[creator];
    const isStale = known.revision !== truth[creator].revision;
    if (!decision.refused && !isStale) {
      for (const event of decision.events) {
        write(event);
        const { earnings, revision } = truth[creator];
        truth[creator] = { earnings: evolveEarnings(earnings, event), revision: revision + 1 };
      }
    }
    read[process]!.earnings[creator] = truth[creator];
    return !decision.refused && !isStale && decision.events.length > 0;
  };

  const appendSettlement = (process: number, decision: Decision<SettlementEvent, unknown>): void => {
    const isStale = read[process]!.settlement.revision !== settlement.revision;
    for (const event of decision.refused || isStale ? [] : decision.events) {
      write(event);
      settlement = { is: evolveSettlement(settlement.is, event), revision: settlement.revision + 1 };
    }
    read[process]!.settlement = settlement;
  };

  /** What was earned in a day: by the gifts between its cut and the one before. */
  const foldDay = (day: string): DayEarnings[] => {
    const cut = log.findIndex(({ event }) => event.type === 'DayClosed' && event.data.day === day);
    const before = log.slice(0, cut);
    const fold = beginDay(day);
    for (const { id, event } of before.slice(
      before.findLastIndex(({ event: { type } }) => type === 'DayClosed') + 1,
    )) {
      if (event.type === 'GiftSent') fold.book(id, event.data);
    }
    return [...fold.earned()];
  };

  return {
    log,
    truth,
    read,
    ledger,
    /** Calls that processes are about to make. */
    calls: [] as {
      readonly process: number;
      readonly creator: Creator;
      readonly redemption: string;
      readonly startedAt: number;
    }[],
    told,
    write,
    append,
    appendSettlement,
    foldDay,
    get settlement() {
      return settlement;
    },
    rates: () => rates,
    now: () => now,
    newId: () => `r${named++}`,
    pass: (ms: number): void => {
      now += ms;
    },
    setRate: (rate: Event<'MoneyRateSet'>): void => {
      write(rate);
      rates = evolveMoneyRates(rates, rate);
    },
  };
};

export type World = ReturnType<typeof createWorld>;
