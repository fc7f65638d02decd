import type { EarningsEvent, Event, Standing } from '@carat/domain';
import type { Threshold } from '../config.ts';

/** The UTC year or month of an instant, as `2026` or `2026-11`. */
export const periodOf = (at: number, per: Threshold['per']): string =>
  new Date(at).toISOString().slice(0, per === 'year' ? 'yyyy'.length : 'yyyy-mm'.length);

/** Minor units of a currency that a creator was paid in a period, and that did not come back. */
export const paidIn = (
  events: readonly EarningsEvent[],
  { currency, per }: Pick<Threshold, 'currency' | 'per'>,
  period: string,
): bigint => {
  const nets = new Map<string, bigint>();
  const paid = new Map<string, bigint>();
  for (const { type, data } of events) {
    if (type === 'RedemptionRequested' && data.quote.currency === currency) {
      nets.set(data.redemption, BigInt(data.quote.net));
    } else if (type === 'PayoutPaid' && periodOf(data.at, per) === period) {
      paid.set(data.redemption, nets.get(data.redemption) ?? 0n);
    } else if (type === 'PayoutReturned') paid.delete(data.redemption);
  }
  return [...paid.values()].reduce((sum, net) => sum + net, 0n);
};

/** Which thresholds a creator has come near to in the periods of now, and was not told to have. */
export const nearThresholds = (
  thresholds: readonly Threshold[],
  creator: string,
  events: readonly EarningsEvent[],
  standing: Standing,
  now: number,
): Event<'ThresholdNeared'>[] =>
  thresholds.flatMap((threshold): Event<'ThresholdNeared'>[] => {
    const { name, currency, minor, nearPerMille } = threshold;
    const period = periodOf(now, threshold.per);
    const paid = paidIn(events, threshold, period);
    const isNear = paid * 1_000n >= BigInt(minor) * BigInt(nearPerMille);
    if (!isNear || standing.nearedThresholds.has(`${name} ${period}`)) return [];
    const amounts = { paid: String(paid), limit: String(minor) };
    const at = Math.max(now, standing.at);
    const data = { creator, threshold: name, period, currency, ...amounts, at };
    return [{ type: 'ThresholdNeared', data }];
  });
