import type { Balance, Earnings, RedemptionStatus } from './earnings.ts';
import type { Event } from './events.ts';
import type { Quote } from './payout-events.ts';

/** In thousandths of diamonds: all that a creator was ever given, and what of it is not settled yet. */
export type Awards = { readonly awarded: bigint; readonly pending: bigint };

/** A day was settled as something else than the log's gifts of that day. */
export type SettledOtherwise = {
  readonly creator: string;
  readonly day: string;
  readonly awarded: bigint;
  readonly settled: bigint;
};

const add = (sums: Map<string, bigint>, creator: string, millidiamonds: bigint): void =>
  void sums.set(creator, (sums.get(creator) ?? 0n) + millidiamonds);

/** Follows the log from its start, and tells what is awarded and pending at the place where it is. */
export const createAwards = () => {
  const awarded = new Map<string, bigint>();
  /** Since the last cut, and of the days closed but not yet settled. */
  let open = new Map<string, bigint>();
  const closed = new Map<string, Map<string, bigint>>();

  const settle = ({ creator, day, millidiamonds }: Event<'DiamondsSettled'>['data']) => {
    const ofDay = closed.get(day);
    const [due, settled] = [ofDay?.get(creator) ?? 0n, BigInt(millidiamonds)];
    ofDay?.delete(creator);
    return due === settled ? undefined : { creator, day, awarded: due, settled };
  };

  return {
    see({ type, data }: Event<'GiftSent' | 'DayClosed' | 'DiamondsSettled'>): SettledOtherwise | undefined {
      if (type === 'DiamondsSettled') return settle(data);
      if (type === 'DayClosed') {
        closed.set(data.day, open);
        open = new Map();
      } else {
        add(awarded, data.creator, BigInt(data.millidiamonds));
        add(open, data.creator, BigInt(data.millidiamonds));
      }
      return undefined;
    },
    of(creator: string): Awards {
      let pending = open.get(creator) ?? 0n;
      for (const ofDay of closed.values()) pending += ofDay.get(creator) ?? 0n;
      return { awarded: awarded.get(creator) ?? 0n, pending };
    },
  };
};

/**
 * The law: awarded = pending + held + available + on the way + paid, at any place of the log; what came back
 * is held or available again.
 * @returns what is missing (or, negative, too much); 0n where all is accounted for
 */
export const missingDiamonds = ({ awarded, pending }: Awards, balance: Balance): bigint =>
  awarded - (pending + balance.held + balance.available + balance.onTheWay + balance.paid);

/** Whether every part of a minor unit is in one of the quote's lines, and less than one is left over. */
export const isExact = (quote: Quote): boolean => {
  const [denominator, gross, fee] = [BigInt(quote.denominator), BigInt(quote.gross), BigInt(quote.fee)];
  const [withheld, net, remainder] = [BigInt(quote.withheld), BigInt(quote.net), BigInt(quote.remainder)];
  return gross === fee + withheld + net * denominator + remainder && remainder < denominator;
};

/** Whole minor units: of payouts that may have left the house, and of those that arrived. */
export type MoneySent = { readonly inFlight: bigint; readonly paid: bigint };

const inFlight: ReadonlySet<RedemptionStatus> = new Set(['started', 'sent']);

/** What a creator was paid or is being paid, per currency; what was returned is in neither. */
export const moneySent = ({ redemptions }: Earnings): Map<string, MoneySent> => {
  const sent = new Map<string, MoneySent>();
  for (const { status, quote } of redemptions.values()) {
    const of = sent.get(quote.currency) ?? { inFlight: 0n, paid: 0n };
    const net = BigInt(quote.net);
    if (status === 'paid') sent.set(quote.currency, { ...of, paid: of.paid + net });
    else if (inFlight.has(status)) sent.set(quote.currency, { ...of, inFlight: of.inFlight + net });
  }
  return sent;
};
