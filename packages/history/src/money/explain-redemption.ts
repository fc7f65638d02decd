import {
  type EarningsEvent,
  type Event,
  foldEarnings,
  initialEarnings,
  type RateEvent,
  type Redemption,
  type SettlementEvent,
} from '@carat/domain';
import { comparePositions, type Position } from '@carat/event-store';
import { takenDaysOf } from './explain-taken-days.ts';

/** An event, and where it stands. */
export type Placed<E extends Event> = E & {
  readonly id: string;
  readonly position: Position;
  readonly stream: string;
  readonly revision: number;
};

/** What stands in the log of a creator's earnings, of days closed, and of rates: whole, in its order. */
export type EarningsLog = {
  readonly earnings: readonly Placed<EarningsEvent>[];
  readonly settlement: readonly Placed<SettlementEvent>[];
  readonly rates: readonly Placed<RateEvent>[];
};

/** A settled day that a redemption took diamonds of: its gifts stand between two cuts of the log. */
export type ExplainedDay = {
  readonly day: string;
  /** Thousandths of diamonds, as text. */
  readonly taken: string;
  readonly settled: Placed<Event<'DiamondsSettled'>>;
  /** The `DayClosed` after the gifts, and the one before them; null where they begin with the log. */
  readonly cut: Placed<Event<'DayClosed'>> | null;
  readonly cutBefore: Placed<Event<'DayClosed'>> | null;
};

export type ExplainedRedemption = Redemption & {
  readonly creator: string;
  /** First settled, first redeemed. */
  readonly days: readonly ExplainedDay[];
  /** The setting of the rate that the quote is at; null where the log has none such. */
  readonly rateSet: Placed<Event<'MoneyRateSet'>> | null;
  /** All that was said of it, in the order of the log. */
  readonly events: readonly Placed<Exclude<EarningsEvent, Event<'DiamondsSettled'>>>[];
};

type Requested = Placed<Event<'RedemptionRequested'>>;

/** From what a redemption came, what became of it, and the event that says so, each. */
export const explainRedemption = (redemption: string, log: EarningsLog): ExplainedRedemption | undefined => {
  const known = foldEarnings(initialEarnings, log.earnings).redemptions.get(redemption);
  const events = log.earnings.filter(isOfRedemption).filter(({ data }) => data.redemption === redemption);
  const requested = events.find((event) => event.type === 'RedemptionRequested') as Requested | undefined;
  if (known === undefined || requested === undefined) return undefined;
  return {
    creator: requested.data.creator,
    ...known,
    days: explainDays(redemption, log),
    rateSet: findRate(requested, log.rates),
    events,
  };
};

const isOfRedemption = (
  event: Placed<EarningsEvent>,
): event is Placed<Exclude<EarningsEvent, Event<'DiamondsSettled'>>> => event.type !== 'DiamondsSettled';

const explainDays = (redemption: string, { earnings, settlement }: EarningsLog): ExplainedDay[] => {
  const settled = new Map<string, Placed<Event<'DiamondsSettled'>>>();
  for (const event of earnings) if (event.type === 'DiamondsSettled') settled.set(event.data.day, event);
  const cuts = settlement.filter((event) => event.type === 'DayClosed');
  return takenDaysOf(redemption, earnings).map(({ day, taken }) => {
    const n = cuts.findIndex(({ data }) => data.day === day);
    const [cut = null, cutBefore = null] = [cuts[n], cuts[n - 1]];
    return { day, taken: String(taken), settled: settled.get(day)!, cut, cutBefore };
  });
};

/** Of the settings of the very rate, the last before the request that had begun by then. */
const findRate = (
  { position, data: { quote, at } }: Requested,
  rates: EarningsLog['rates'],
): Placed<Event<'MoneyRateSet'>> | null => {
  let found: Placed<Event<'MoneyRateSet'>> | null = null;
  for (const event of rates) {
    if (event.type !== 'MoneyRateSet' || comparePositions(event.position, position) > 0) continue;
    const { currency, numerator, denominator, from } = event.data;
    const isRate = numerator === quote.rate.numerator && denominator === quote.rate.denominator;
    if (currency === quote.currency && isRate && from <= at && from >= (found?.data.from ?? 0)) found = event;
  }
  return found;
};
