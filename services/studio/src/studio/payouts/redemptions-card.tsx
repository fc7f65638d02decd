import type { redemptions } from '@carat/protocol';
import { formatMinor } from '../../money/exact-money.ts';
import { RedemptionTold } from '../../money/redemption-told.tsx';
import { isCancellable, statusWords } from '../../money/redemption-words.ts';
import { StatusPill } from '../../money/status-pill.tsx';
import { type Api, path } from '../../shared/api.ts';
import { Ask } from '../../shared/ask.tsx';
import { Disclosure } from '../../shared/disclosure.tsx';
import { formatDateTime, formatNumber } from '../../shared/format.ts';
import { Card, Notice } from '../../shared/frame.tsx';
import { More } from '../../shared/more.tsx';
import type { Pages } from '../../shared/use-pages.ts';
import { sayError } from '../../shared/words.ts';

type Shown = redemptions.RedemptionShown;

type RedemptionsProps = {
  readonly api: Api;
  readonly creator: string;
  readonly asked: Pages<Shown>;
  readonly onChanged: () => void;
};

/** What was asked for, newest first, with where it is. */
export const RedemptionsCard = ({ api, creator, asked, onChanged }: RedemptionsProps) => (
  <Card title="Your payouts">
    {asked.error !== undefined && <Notice tone="bad">{sayError(asked.error)}</Notice>}
    {asked.entries?.length === 0 && <p className="empty">You have requested none yet.</p>}
    <ul className="plain redemptions">
      {asked.entries?.map((each) => (
        <li key={each.redemption}>
          <Entry api={api} creator={creator} shown={each} onChanged={onChanged} />
        </li>
      ))}
    </ul>
    <More more={asked.more} what="older payouts" />
  </Card>
);

type EntryProps = {
  readonly api: Api;
  readonly creator: string;
  readonly shown: Shown;
  readonly onChanged: () => void;
};

const Entry = ({ api, creator, shown, onChanged }: EntryProps) => {
  const { redemption, status, quote, requestedAt } = shown;
  const net = formatMinor(quote.net, quote.currency);
  const cancel = async (): Promise<void> => {
    await api.send('POST', path`/creators/${creator}/redemptions/${redemption}/cancel`);
    onChanged();
  };
  return (
    <>
      <div className="redemption-head">
        <strong>{net}</strong>
        <StatusPill status={status} />
        <span className="soft">
          {formatNumber(quote.diamonds)} diamonds · {formatDateTime(requestedAt)}
        </span>
        {isCancellable(status) && (
          <Ask does="Cancel this payout" about={`of ${net}`} quiet onYes={cancel}>
            <p>
              The {formatNumber(quote.diamonds)} diamonds are available again at once. Requested anew, they
              are paid at the rate of that moment.
            </p>
          </Ask>
        )}
      </div>
      <p className="soft">
        {statusWords(status).means} {shown.reason !== null && <>Why: {shown.reason}</>}
      </p>
      <Disclosure summary={<>How it came about</>}>
        {() => <RedemptionTold api={api} creator={creator} shown={shown} />}
      </Disclosure>
    </>
  );
};
