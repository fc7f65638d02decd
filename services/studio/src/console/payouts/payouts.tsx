import type { redemptions } from '@carat/protocol';
import { useMemo } from 'react';
import type { Api } from '../../shared/api.ts';
import { Frame, Notice } from '../../shared/frame.tsx';
import { limits } from '../../shared/limits.ts';
import type { Identity } from '../../shared/token.ts';
import { useAsked } from '../../shared/use-asked.ts';
import { sayError } from '../../shared/words.ts';
import { ConsoleViews } from '../console-views.tsx';
import { Reconciliations } from './reconciliations.tsx';
import { ReviewQueue } from './review-queue.tsx';
import { SettlementCard } from './settlement-card.tsx';
import { StandingCard } from './standing-card.tsx';
import { UnderWay } from './under-way.tsx';
import '../../money/money.css';
import './payouts.css';

/** What waits for an operator of payouts, and how all of them stand. */
export const PayoutsConsole = ({ api, identity }: { readonly api: Api; readonly identity: Identity }) => {
  const ask = useMemo(
    () => (signal: AbortSignal) => api.get<redemptions.PayoutsState>('/operators/payouts', signal),
    [api],
  );
  const { value, error, again } = useAsked(ask, limits.operatorsEveryMs);
  return (
    <Frame title="Payouts" about={identity.sub}>
      <ConsoleViews />
      {error !== undefined && <Notice tone="bad">{sayError(error)}</Notice>}
      {value?.fault && <Notice tone="bad">What is listed may not be all: {value.fault}.</Notice>}
      <SettlementCard state={value} />
      <ReviewQueue api={api} state={value} onDecided={again} />
      <div className="console-columns">
        <UnderWay state={value} />
        <Reconciliations all={value?.reconciliations} />
      </div>
      <StandingCard api={api} />
    </Frame>
  );
};
