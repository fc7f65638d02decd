import { type EarningsEvent, millidiamondsPerDiamond } from '@carat/domain';

/** What a redemption took of one settled day, in thousandths of diamonds. */
export type TakenDay = { readonly day: string; readonly taken: bigint };

/** Diamonds of a settled day that no redemption has. */
type Left = { readonly day: string; left: bigint };

const givesBack: ReadonlySet<string> = new Set<EarningsEvent['type']>([
  'RedemptionRefused',
  'RedemptionCancelled',
  'PayoutFailed',
  'PayoutReturned',
]);

const take = (days: readonly Left[], millidiamonds: bigint): TakenDay[] => {
  const taken: TakenDay[] = [];
  let wanted = millidiamonds;
  for (const each of days) {
    if (wanted === 0n) break;
    const part = each.left < wanted ? each.left : wanted;
    if (part === 0n) continue;
    each.left -= part;
    wanted -= part;
    taken.push({ day: each.day, taken: part });
  }
  return taken;
};

/**
 * Which settled days the diamonds of a redemption are of, where those settled first are redeemed first, and
 * what is given back goes back to the days it was of. A way of counting: diamonds are alike, and the log says
 * of none of them which it is.
 * @param events of the creator's earnings, from the first on
 */
export const takenDaysOf = (redemption: string, events: Iterable<EarningsEvent>): readonly TakenDay[] => {
  const days: Left[] = [];
  const taken = new Map<string, readonly TakenDay[]>();
  for (const { type, data } of events) {
    if (type === 'DiamondsSettled') {
      days.push({ day: data.day, left: BigInt(data.millidiamonds) });
    } else if (type === 'RedemptionRequested') {
      const took = take(days, BigInt(data.quote.diamonds) * millidiamondsPerDiamond);
      if (data.redemption === redemption) return took;
      taken.set(data.redemption, took);
    } else if (givesBack.has(type)) {
      for (const { day, taken: part } of taken.get(data.redemption) ?? []) {
        days.find((each) => each.day === day)!.left += part;
      }
      taken.delete(data.redemption);
    }
  }
  return [];
};
