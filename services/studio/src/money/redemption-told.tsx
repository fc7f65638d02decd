import type { redemptions } from '@carat/protocol';
import { useMemo } from 'react';
import { type Api, path } from '../shared/api.ts';
import { formatDateTime } from '../shared/format.ts';
import { Notice } from '../shared/frame.tsx';
import { limits } from '../shared/limits.ts';
import { useAsked } from '../shared/use-asked.ts';
import { sayError } from '../shared/words.ts';
import { QuoteTable } from './quote-table.tsx';

type ToldProps = {
  readonly api: Api;
  readonly creator: string;
  readonly shown: redemptions.RedemptionShown;
};

/** A redemption line by line and step by step: what it came to, and all that was said of it. */
export const RedemptionTold = ({ api, creator, shown }: ToldProps) => {
  const { redemption, quote, method, reference } = shown;
  const ask = useMemo(
    () => (signal: AbortSignal) =>
      api.get<redemptions.RedemptionTold>(path`/creators/${creator}/redemptions/${redemption}`, signal),
    [api, creator, redemption],
  );
  const { value, error } = useAsked(ask, limits.payoutsEveryMs);
  return (
    <>
      <QuoteTable quote={quote} />
      {error !== undefined && <Notice tone="bad">{sayError(error)}</Notice>}
      <ol className="steps">
        {value?.events.map(({ type, at, says }) => (
          <li key={`${at} ${type}`}>
            {says} <span className="soft">{formatDateTime(at)}</span>
          </li>
        ))}
      </ol>
      <p className="soft references">
        To <code>{method.reference}</code> by {method.provider}
        {reference !== null && (
          <>
            , who calls it <code>{reference}</code>
          </>
        )}
        . Here it is <code>{redemption}</code>.
      </p>
    </>
  );
};
