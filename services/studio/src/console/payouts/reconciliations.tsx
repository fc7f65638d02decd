import type { redemptions } from '@carat/protocol';
import { formatCount, formatDateTime, formatNumber } from '../../shared/format.ts';
import { Card } from '../../shared/frame.tsx';
import { Verdict } from '../verdict.tsx';
import { lastOfEach, reconciliationStand } from './reconciliation-words.ts';

type Reconciliation = redemptions.PayoutsState['reconciliations'][number];

/** The last comparison of each provider's list with the log. */
export const Reconciliations = ({ all }: { readonly all: readonly Reconciliation[] | undefined }) => (
  <Card title="Compared with providers">
    {all === undefined && <p className="empty">Asking …</p>}
    {all?.length === 0 && <p className="empty">No provider’s list was compared with the log yet.</p>}
    <ul className="plain redemptions">
      {lastOfEach(all ?? []).map((each) => (
        <li key={each.provider}>
          <div className="redemption-head">
            <strong>{each.provider}</strong>
            <Verdict stand={reconciliationStand(each)} />
            <span className="soft">
              {formatCount(each.payouts, 'payout')} from {formatDateTime(each.from)} to{' '}
              {formatDateTime(each.to)}, looked at {formatDateTime(each.at)}
            </span>
          </div>
          <ul className="differences">
            {each.differences.map((difference) => (
              <li key={difference}>{difference}</li>
            ))}
            {each.unnamed > 0 && <li>and {formatNumber(each.unnamed)} more</li>}
          </ul>
        </li>
      ))}
    </ul>
  </Card>
);
