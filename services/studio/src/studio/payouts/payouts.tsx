import type { redemptions } from '@carat/protocol';
import { useMemo } from 'react';
import { type Api, path } from '../../shared/api.ts';
import { Frame, Notice } from '../../shared/frame.tsx';
import { limits } from '../../shared/limits.ts';
import type { Identity } from '../../shared/token.ts';
import { useAsked } from '../../shared/use-asked.ts';
import { useConnection } from '../../shared/use-connection.ts';
import { useMinute } from '../../shared/use-minute.ts';
import { usePages } from '../../shared/use-pages.ts';
import { sayError } from '../../shared/words.ts';
import { StudioViews } from '../studio-views.tsx';
import { DiamondsCard } from './diamonds-card.tsx';
import { RatesCard } from './rates-card.tsx';
import { RedeemCard } from './redeem-card.tsx';
import { RedemptionsCard } from './redemptions-card.tsx';
import { SettledCard } from './settled-card.tsx';
import { StatementsCard } from './statements-card.tsx';
import '../../money/money.css';
import './payouts.css';

type PayoutsProps = { readonly api: Api; readonly identity: Identity; readonly creator: string };

/** How a creator's diamonds become money, each number with what is behind it. */
export const Payouts = ({ api, identity, creator }: PayoutsProps) => {
  const connection = useConnection(identity);
  const now = useMinute(connection.carat);
  const balance = useBalance(api, creator);
  const asked = usePages(
    api,
    path`/creators/${creator}/redemptions`,
    'before',
    redemptionsOf,
    limits.payoutsEveryMs,
  );
  const settled = balance.value && settledOf(balance.value);
  const changed = (): void => {
    balance.again();
    asked.again();
  };
  return (
    <Frame title="Payouts" about={creator} connection={connection}>
      <StudioViews />
      {balance.error !== undefined && <Notice tone="bad">{sayError(balance.error)}</Notice>}
      <DiamondsCard balance={balance.value} />
      <div className="desk-columns">
        <div className="desk-stack">
          <RedeemCard
            api={api}
            creator={creator}
            terms={balance.value?.terms}
            listed={asked.entries}
            onMade={changed}
          />
          <RedemptionsCard api={api} creator={creator} asked={asked} onChanged={changed} />
        </div>
        <div className="desk-stack">
          <RatesCard api={api} now={now} />
          <StatementsCard api={api} creator={creator} now={now} settled={settled} />
        </div>
      </div>
      <SettledCard api={api} creator={creator} settled={settled} />
    </Frame>
  );
};

const redemptionsOf = ({ redemptions: entries, next }: redemptions.RedemptionPage) => ({ entries, next });

/** All that was ever settled, in thousandths of diamonds: what is told by days is news when this changes. */
const settledOf = ({ held, available, onTheWay, paid }: redemptions.Balance): string =>
  String(BigInt(held) + BigInt(available) + BigInt(onTheWay) + BigInt(paid));

const useBalance = (api: Api, creator: string) => {
  const ask = useMemo(
    () => (signal: AbortSignal) => api.get<redemptions.Balance>(path`/creators/${creator}/balance`, signal),
    [api, creator],
  );
  return useAsked(ask, limits.payoutsEveryMs);
};
