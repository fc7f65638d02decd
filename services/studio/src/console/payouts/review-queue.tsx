import type { redemptions } from '@carat/protocol';
import { formatMinor } from '../../money/exact-money.ts';
import { QuoteTable } from '../../money/quote-table.tsx';
import { type Api, path } from '../../shared/api.ts';
import { Ask } from '../../shared/ask.tsx';
import { Disclosure } from '../../shared/disclosure.tsx';
import { formatCount, formatDateTime, formatNumber } from '../../shared/format.ts';
import { Card } from '../../shared/frame.tsx';

type QueueProps = {
  readonly api: Api;
  readonly state: redemptions.PayoutsState | undefined;
  readonly onDecided: () => void;
};

/** What waits for an operator, oldest first, each with why it does. */
export const ReviewQueue = ({ api, state, onDecided }: QueueProps) => {
  const unshown = state ? state.counts.inReview - state.inReview.length : 0;
  return (
    <Card title="Review queue">
      {state === undefined && <p className="empty">Asking …</p>}
      {state?.inReview.length === 0 && <p className="empty">Nothing waits for a decision.</p>}
      <ul className="plain redemptions">
        {state?.inReview.map((shown) => (
          <li key={`${shown.creator} ${shown.redemption}`}>
            <Waiting api={api} shown={shown} onDecided={onDecided} />
          </li>
        ))}
      </ul>
      {unshown > 0 && <p className="soft">{formatNumber(unshown)} more wait behind these.</p>}
    </Card>
  );
};

type WaitingProps = {
  readonly api: Api;
  readonly shown: redemptions.RedemptionShown;
  readonly onDecided: () => void;
};

const Waiting = ({ api, shown, onDecided }: WaitingProps) => {
  const { creator, redemption, quote, method, requestedAt, reviewReasons } = shown;
  const net = formatMinor(quote.net, quote.currency);
  const what = (
    <>
      <strong>{net}</strong> for {formatCount(quote.diamonds, 'diamond')} of <strong>{creator}</strong>
    </>
  );
  const decide = async (verdict: 'approve' | 'refuse', body?: object): Promise<void> => {
    await api.send('POST', path`/creators/${creator}/redemptions/${redemption}/${verdict}`, body);
    onDecided();
  };
  return (
    <>
      <div className="redemption-head">
        <span>{what}</span>
        <span className="soft">{formatDateTime(requestedAt)}</span>
        <Ask does="Approve" about={`${net} of ${creator}`} onYes={() => decide('approve')}>
          <p>
            {what} is then paid to <code>{method.reference}</code> by {method.provider}. Whoever asked for it,
            or is paid, cannot approve it.
          </p>
        </Ask>
        <Ask
          does="Refuse"
          about={`${net} of ${creator}`}
          quiet
          reason="Why, as the creator reads it"
          onYes={(reason) => decide('refuse', { reason })}
        >
          <p>{what} is not paid: the diamonds are available again.</p>
        </Ask>
      </div>
      <p>It waits because: {reviewReasons.join('; ')}.</p>
      <Disclosure summary="Line by line">{() => <QuoteTable quote={quote} />}</Disclosure>
    </>
  );
};
