import { randomUUID } from 'node:crypto';
import { beginDay, type Event, quoteOf } from '@carat/domain';
import type { JsonObject } from '@carat/event-store';
import { noon, type WrittenLog, writeLog } from './written-log.ts';

const dayMs = 86_400_000;
const zeroHour = Date.parse('2026-06-10T00:00:00Z');
/** The UTC day so many days after that of `noon`. */
export const dayAfter = (days: number): string =>
  new Date(zeroHour + days * dayMs).toISOString().slice(0, 'yyyy-mm-dd'.length);
/** So many days after `noon`. */
export const at = (days: number): number => noon + days * dayMs;

/** Half a cent per diamond, five per cent taken off. */
export const charges = { feeMinor: 0, feePerMille: 50, withholdingPerMille: 0 };
const rate = { currency: 'USD', numerator: 1, denominator: 2 };

/** Writes the way from diamonds to money into a log by hand: what follows from the log comes by itself. */
export const writeEarnings = (log: WrittenLog) => {
  let cut = 0;
  let previous: string | null = null;
  const requested = new Map<string, string>();

  const step = (type: string, redemption: string, days: number, more: JsonObject = {}) => {
    const creator = requested.get(redemption)!;
    return log.write(`earnings-${creator}`, type, { creator, redemption, at: at(days), ...more });
  };

  /** Closes the nth day after that of `noon`. @returns what each has earned since the cut before */
  const close = (n: number, holdDays = 7) => {
    const day = dayAfter(n);
    const fold = beginDay(day);
    for (const { type, id, data } of log.events.slice(cut)) {
      if (type === 'GiftSent') fold.book(id, data as Event<'GiftSent'>['data']);
    }
    log.write('settlement', 'DayClosed', { day, previous, holdDays, at: at(n + 1) });
    cut = log.events.length;
    previous = day;
    return [...fold.earned()];
  };

  const settle = ({ creator, day, ...earned }: ReturnType<typeof close>[number], days: number) => {
    const sums = { coins: String(earned.coins), millidiamonds: String(earned.millidiamonds) };
    const data = { creator, day, ...earned, ...sums, at: at(days) };
    return log.write(`earnings-${creator}`, 'DiamondsSettled', data);
  };

  return {
    close,
    settle,
    step,
    /** Closes a day and settles it for all. */
    closeAndSettle(n: number, holdDays = 7): void {
      const all = close(n, holdDays);
      for (const each of all) settle(each, n + 1);
      const sum = (of: 'coins' | 'millidiamonds') =>
        String(all.reduce((total, { [of]: one }) => total + one, 0n));
      const gifts = all.reduce((total, each) => total + each.gifts, 0);
      const sums = { creators: all.length, gifts, coins: sum('coins'), millidiamonds: sum('millidiamonds') };
      log.write('settlement', 'DaySettled', { day: dayAfter(n), ...sums, at: at(n + 1) });
    },
    setRate: (numerator = 1, denominator = 2, from = at(0)) =>
      log.write('rates', 'MoneyRateSet', { ...rate, numerator, denominator, from, by: 'olga', at: from }),
    request(creator: string, redemption: string, diamonds: number, days: number) {
      requested.set(redemption, creator);
      const quote = quoteOf(diamonds, { ...rate, from: 0 }, charges)!;
      const method = { provider: 'sandbox', reference: 'm1' };
      const asked = { key: `key-${redemption}`, quote, method, by: creator };
      return step('RedemptionRequested', redemption, days, asked);
    },
    approve: (redemption: string, days: number) =>
      step('RedemptionApproved', redemption, days, { by: 'policy' }),
    start: (redemption: string, days: number) => {
      const key = `${requested.get(redemption)}/${redemption}`;
      return step('PayoutStarted', redemption, days, { key, provider: 'sandbox' });
    },
    send: (redemption: string, days: number) =>
      step('PayoutSent', redemption, days, { reference: `p-${redemption}` }),
    pay: (redemption: string, days: number) =>
      step('PayoutPaid', redemption, days, { reference: `p-${redemption}` }),
    end: (type: 'PayoutNotMade' | 'PayoutFailed' | 'PayoutReturned', redemption: string, days: number) =>
      step(type, redemption, days, { reason: 'no such account' }),
  };
};

export type WrittenEarnings = ReturnType<typeof writeEarnings>;

/** A log in which vera can give a creator roses, and diamonds have a rate. Ids are such as a store takes. */
export const beginEarnings = (creator: string, unitCoins = 5_000) => {
  const log = writeLog({ ids: randomUUID });
  log.list('rose', unitCoins);
  log.start('gala', creator);
  log.grant('vera', 100_000);
  const earnings = writeEarnings(log);
  earnings.setRate();
  const send = (booked: number) => log.send({ viewer: 'vera', live: 'gala', creator, unitCoins, booked });
  return { log, earnings, send };
};
