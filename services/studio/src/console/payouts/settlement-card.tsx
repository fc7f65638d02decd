import type { redemptions } from '@carat/protocol';
import { formatDay, formatNumber } from '../../shared/format.ts';
import { Card, Figure } from '../../shared/frame.tsx';

/** How far days are closed, settled and available, and how many redemptions are where. */
export const SettlementCard = ({ state }: { readonly state: redemptions.PayoutsState | undefined }) => {
  const day = (of: string | null | undefined): string | undefined =>
    of === null ? 'none yet' : of && formatDay(of);
  const count = (of: number | undefined): string | undefined =>
    of === undefined ? undefined : formatNumber(of);
  return (
    <Card title="Settlement">
      <dl className="figures">
        <Figure name="Last day closed" value={day(state?.settlement.lastClosed)} />
        <Figure name="Settled through" value={day(state?.settlement.settledThrough)} />
        <Figure name="Available through" value={day(state?.settlement.availableThrough)} />
        <Figure name="In review" value={count(state?.counts.inReview)} />
        <Figure name="Approved" value={count(state?.counts.approved)} />
        <Figure name="Being paid" value={count(state?.counts.started)} />
        <Figure name="On the way" value={count(state?.counts.sent)} />
      </dl>
    </Card>
  );
};
