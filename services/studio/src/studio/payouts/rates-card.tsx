import type { redemptions } from '@carat/protocol';
import { useMemo } from 'react';
import { sayMoneyRate } from '../../money/exact-money.ts';
import type { Api } from '../../shared/api.ts';
import { formatDateTime } from '../../shared/format.ts';
import { Card, Notice } from '../../shared/frame.tsx';
import { limits } from '../../shared/limits.ts';
import { useAsked } from '../../shared/use-asked.ts';
import { sayError } from '../../shared/words.ts';
import { ratesByCurrency } from './rates.ts';

/** What diamonds are worth, and what it was said they will be. */
export const RatesCard = ({ api, now }: { readonly api: Api; readonly now: number }) => {
  const ask = useMemo(
    () => (signal: AbortSignal) => api.get<{ money: redemptions.MoneyRate[] }>('/rates', signal),
    [api],
  );
  const { value, error } = useAsked(ask, limits.chartsEveryMs);
  const currencies = value && ratesByCurrency(value.money, now);
  return (
    <Card title="Rates">
      {error !== undefined && <Notice tone="bad">{sayError(error)}</Notice>}
      {currencies?.length === 0 && <p className="empty">Diamonds have no worth in any currency yet.</p>}
      <ul className="rates plain">
        {currencies?.map(({ currency, now: holding, ahead }) => (
          <li key={currency}>
            {holding ? (
              <>
                <strong>{sayMoneyRate(holding, currency)}</strong>
                <span className="soft">since {formatDateTime(holding.from)}</span>
              </>
            ) : (
              <strong>No rate in {currency} yet</strong>
            )}
            {ahead.map((rate) => (
              <span key={rate.from} className="soft">
                From {formatDateTime(rate.from)}: {sayMoneyRate(rate, currency)}
              </span>
            ))}
          </li>
        ))}
      </ul>
      <p className="soft">A payout is paid at the rate of the moment in which it is requested.</p>
    </Card>
  );
};
