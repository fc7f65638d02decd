import type { redemptions } from '@carat/protocol';
import { formatMinor } from '../../money/exact-money.ts';
import { StatusPill } from '../../money/status-pill.tsx';
import { formatDateTime, formatNumber } from '../../shared/format.ts';
import { Card } from '../../shared/frame.tsx';

/** Payouts that are approved, asked of a provider or sent, oldest first. */
export const UnderWay = ({ state }: { readonly state: redemptions.PayoutsState | undefined }) => {
  const { approved = 0, started = 0, sent = 0 } = state?.counts ?? {};
  const unshown = approved + started + sent - (state?.underWay.length ?? 0);
  return (
    <Card title="Under way">
      {state === undefined && <p className="empty">Asking …</p>}
      {state?.underWay.length === 0 && <p className="empty">No payout is under way.</p>}
      <ul className="plain redemptions">
        {state?.underWay.map(({ creator, redemption, quote, status, requestedAt, payout, method }) => (
          <li key={`${creator} ${redemption}`}>
            <div className="redemption-head">
              <strong>{formatMinor(quote.net, quote.currency)}</strong>
              <StatusPill status={status} />
              <span className="soft">
                {creator} · {formatDateTime(requestedAt)} · {method.provider}
              </span>
            </div>
            {payout && (
              <p className="soft references">
                Begun {formatDateTime(payout.startedAt)} as <code>{payout.key}</code>
              </p>
            )}
          </li>
        ))}
      </ul>
      {unshown > 0 && <p className="soft">{formatNumber(unshown)} more follow these.</p>}
    </Card>
  );
};
