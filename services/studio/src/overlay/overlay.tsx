import type { ShownNow } from '@carat/client';
import type { http, LiveGoal } from '@carat/protocol';
import { useLive, useShown } from '@carat/react';
import { useEffect, useState } from 'react';
import type { Identity } from '../shared/token.ts';
import { useApi } from '../shared/use-api.ts';
import { useCatalogue } from '../shared/use-catalogue.ts';
import { useConnection } from '../shared/use-connection.ts';
import { BannerAlert, ComboAlert, OverlayGoal } from './alerts.tsx';
import { combosBeside } from './combos-beside.ts';
import { faultOnStage } from './fault-on-stage.ts';
import { createSamples, sampleCatalogue, sampleCoins, sampleEveryMs, sampleGoal } from './samples.ts';

const mostCombos = 4;

/** Gift alerts and the goal of a live, on nothing. */
export const Overlay = ({ identity, live }: { readonly identity: Identity; readonly live: string }) => {
  const connection = useConnection(identity);
  const { watching, numbers, goal, error } = useLive(connection.carat, live);
  const shown = useShown(watching);
  const catalogue = useCatalogue(useApi(identity));
  // A viewer of the live is not told of what heals by itself.
  const fault = faultOnStage(error ?? (connection.status === 'refused' ? connection.error : undefined));
  return (
    <>
      <Stage shown={shown} catalogue={catalogue} goal={goal} coins={numbers?.totals.coins} />
      {fault?.kind === 'sign_in' && (
        <span className="overlay-mark" role="img" aria-label="This overlay is not signed in" />
      )}
      {fault?.kind === 'other' && <p className="overlay-fault">{fault.words}</p>}
    </>
  );
};

/** Samples without end, for placing the overlay. */
export const SampleOverlay = () => {
  const [samples] = useState(createSamples);
  const [n, setN] = useState(0);
  const shown = useShown(samples);
  useEffect(() => {
    const timer = setInterval(() => setN(samples.next()), sampleEveryMs);
    return () => clearInterval(timer);
  }, [samples]);
  return <Stage shown={shown} catalogue={sampleCatalogue} goal={sampleGoal} coins={sampleCoins(n)} />;
};

type StageProps = {
  readonly shown: ShownNow;
  readonly catalogue: ReadonlyMap<string, http.Gift> | undefined;
  readonly goal: LiveGoal | null;
  readonly coins: number | undefined;
};

const Stage = ({ shown, catalogue, goal, coins }: StageProps) => {
  const nameOf = (gift: string): string => catalogue?.get(gift)?.name ?? gift;
  const { showing, more, waiting } = shown.banners;
  const hidden = waiting.length + more.gifts;
  return (
    <main className="stage" aria-label="Gift alerts">
      <div className="banner-place">
        {showing && (
          <BannerAlert key={showing.key} banner={showing} name={nameOf(showing.gift)} waiting={hidden} />
        )}
      </div>
      <ol className="combos">
        {combosBeside(shown, mostCombos).map((combo) => (
          <ComboAlert key={combo.key} combo={combo} name={nameOf(combo.gift)} />
        ))}
      </ol>
      {goal && <OverlayGoal goal={goal} coins={coins} />}
    </main>
  );
};
