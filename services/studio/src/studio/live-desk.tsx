import type { Carat } from '@carat/client';
import type { AsOf, http, LiveTotals } from '@carat/protocol';
import { type LiveView, useLive } from '@carat/react';
import { useMemo, useState } from 'react';
import { type Api, path } from '../shared/api.ts';
import { createNewest, isNewer } from '../shared/as-of.ts';
import {
  formatCount,
  formatDateTime,
  formatDiamonds,
  formatDuration,
  formatNumber,
} from '../shared/format.ts';
import { Card, Figure, Notice } from '../shared/frame.tsx';
import { GoalBar } from '../shared/goal-bar.tsx';
import { limits } from '../shared/limits.ts';
import { Ranking } from '../shared/ranking.tsx';
import type { Identity } from '../shared/token.ts';
import { useAsked } from '../shared/use-asked.ts';
import { useCatalogue } from '../shared/use-catalogue.ts';
import { sayError } from '../shared/words.ts';
import { BlockButton, BlockDesk, useBlocks } from './blocks.tsx';
import { GoalForm } from './goal-form.tsx';
import { MinutesChart } from './minutes-chart.tsx';
import { OverlayLink } from './overlay-link.tsx';
import { PerGift } from './per-gift.tsx';

type DeskProps = {
  readonly api: Api;
  readonly identity: Identity;
  readonly carat: Carat | undefined;
  readonly live: string;
};

/** One live, running or past, as its creator sees it. */
export const LiveDesk = ({ api, identity, carat, live }: DeskProps) => {
  const watched = useLive(carat, live);
  const about = useAbout(api, live, watched.ended);
  const read = useTotals(api, live, watched.ended);
  const catalogue = useCatalogue(api);
  const blocks = useBlocks(api, live);
  const shown = useNewest(watched, read.value);

  const error = watched.error ?? (shown === undefined ? read.error : undefined);
  return (
    <>
      {error !== undefined && <Notice tone="bad">{sayError(error)}</Notice>}
      <Card
        title={about?.title ?? watched.snapshot?.title ?? live}
        aside={about && <LiveTime about={about} ended={watched.ended} />}
      >
        <Counters totals={shown?.totals} />
        {watched.goal && <GoalBar goal={watched.goal} coins={shown?.totals.coins} />}
      </Card>
      <div className="desk-columns">
        <div className="desk-stack">
          <Card title="Diamonds per minute">
            <MinutesChart
              api={api}
              live={live}
              carat={carat}
              totals={shown}
              ended={watched.ended}
              startedAt={about?.startedAt}
            />
          </Card>
          <Card title="Gifts">
            <PerGift perGift={read.value?.perGift} catalogue={catalogue} />
          </Card>
        </div>
        <div className="desk-stack">
          <Card title="Top gifters">
            <Ranking
              entries={watched.numbers?.board.entries ?? []}
              empty="Nobody has given yet."
              action={(viewer) => <BlockButton viewer={viewer} blocks={blocks} />}
            />
          </Card>
          <Card title="Goal">
            <GoalForm api={api} live={live} goal={watched.goal} ended={watched.ended} />
          </Card>
          <Card title="Overlay">
            <OverlayLink live={live} identity={identity} />
          </Card>
          <Card title="Blocked viewers">
            <BlockDesk blocks={blocks} />
          </Card>
        </div>
      </div>
    </>
  );
};

const LiveTime = ({ about, ended }: { readonly about: http.Live; readonly ended: boolean }) => (
  <p className="aside">
    {formatDateTime(about.startedAt)}
    {about.endedAt !== null && ` · ${formatDuration(about.endedAt - about.startedAt)}`}{' '}
    <span className={`pill ${ended ? 'pill-off' : 'pill-good'}`}>
      <span className="dot" />
      {ended ? 'Over' : 'Live'}
    </span>
  </p>
);

const Counters = ({ totals }: { readonly totals: LiveTotals | undefined }) => (
  <dl className="figures counters">
    <Figure
      name="Diamonds"
      value={totals?.millidiamonds === undefined ? undefined : formatDiamonds(totals.millidiamonds)}
      tone="lead"
    />
    <Figure name="Coins" value={totals && formatNumber(totals.coins)} />
    <Figure name="Gifts" value={totals && formatNumber(totals.gifts)} />
    <Figure
      name="People giving"
      value={totals && formatNumber(totals.senders)}
      note={
        totals && totals.senders > 0
          ? `${formatCount(Math.round(totals.coins / totals.senders), 'coin')} each`
          : undefined
      }
    />
  </dl>
);

const useAbout = (api: Api, live: string, ended: boolean): http.Live | undefined => {
  // biome-ignore lint/correctness/useExhaustiveDependencies: when the live ends there is news of it
  const ask = useMemo(
    () => (signal: AbortSignal) => api.get<http.Live>(path`/lives/${live}`, signal),
    [api, live, ended],
  );
  return useAsked(ask, limits.seldomEveryMs).value;
};

/** The totals by gift; those of one place are never replaced by those of an earlier one. */
const useTotals = (api: Api, live: string, ended: boolean) => {
  const ask = useMemo(
    () => (signal: AbortSignal) => api.get<http.Totals>(path`/lives/${live}/totals`, signal),
    [api, live],
  );
  return useAsked(ask, ended ? limits.seldomEveryMs : limits.perGiftEveryMs, isNewer);
};

type Told = { readonly asOf: AsOf; readonly totals: LiveTotals };

/** The later of what the gateway pushed and what the api answered. */
const useNewest = ({ numbers }: LiveView, read: http.Totals | undefined): Told | undefined => {
  const [newest] = useState(() => createNewest<Told>());
  return newest(read && { asOf: read.asOf, totals: read }, numbers);
};
