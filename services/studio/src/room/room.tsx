import { CaratRefusal } from '@carat/client';
import type { http, ShownBooking } from '@carat/protocol';
import { type Source, useFolded, useLive } from '@carat/react';
import { type ReactNode, useEffect, useMemo, useState } from 'react';
import { type Api, path } from '../shared/api.ts';
import { formatNumber } from '../shared/format.ts';
import { Card, Figure, Frame, Notice } from '../shared/frame.tsx';
import { GoalBar } from '../shared/goal-bar.tsx';
import { limits } from '../shared/limits.ts';
import { Ranking } from '../shared/ranking.tsx';
import type { Identity } from '../shared/token.ts';
import { useCatalogue } from '../shared/use-catalogue.ts';
import { useConnection } from '../shared/use-connection.ts';
import { sayError } from '../shared/words.ts';
import { Feed } from './feed.tsx';
import { type FeedLine, growLines } from './feed-lines.ts';
import { GiftPanel } from './gift-panel.tsx';
import { useTapping } from './use-tapping.ts';
import { useWallet } from './use-wallet.ts';
import { sayWhatIsLeft } from './wallet-words.ts';

const shownSenders = 5;

type RoomProps = { readonly api: Api; readonly identity: Identity; readonly live: string };

/** A live as a viewer sees it: what is given, by whom, and the gifts to give. */
export const Room = ({ api, identity, live }: RoomProps) => {
  const connection = useConnection(identity);
  const { watching, snapshot, numbers, goal, ended, error } = useLive(connection.carat, live);
  const { lines, hasGap } = useFeedLines(api, live, watching);
  const catalogue = useCatalogue(api);
  const wallet = useWallet(api, identity.sub);
  const [trouble, setTrouble] = useTrouble();
  const gifts = useMemo(() => sold(catalogue), [catalogue]);

  const { tapped, tap } = useTapping(connection.carat, live, {
    onReceipt: wallet.take,
    onError: (fault) => {
      setTrouble(fault);
      if (isTooPoor(fault)) wallet.again();
    },
  });

  const { totals, board } = numbers ?? {};
  return (
    <Frame
      title={snapshot?.title ?? 'Room'}
      about={snapshot && `by ${snapshot.creator}`}
      connection={connection}
    >
      {error !== undefined && <Notice tone="bad">{sayError(error)}</Notice>}
      {ended && <Notice>This live is over. Thank you for being here.</Notice>}
      <Card title="This live" className="totals">
        <dl className="figures">
          <Figure name="Coins" value={totals && formatNumber(totals.coins)} tone="lead" />
          <Figure name="Gifts" value={totals && formatNumber(totals.gifts)} />
          <Figure name="People giving" value={totals && formatNumber(totals.senders)} />
        </dl>
        {goal && <GoalBar goal={goal} coins={totals?.coins} />}
      </Card>
      <div className="room-columns">
        <Feed lines={lines} catalogue={catalogue} hasGap={hasGap} viewer={identity.sub} />
        <Card title="Top senders">
          <Ranking entries={board?.entries.slice(0, shownSenders) ?? []} empty="Nobody has given yet." />
        </Card>
      </div>
      <div className="panel-place">
        <Trouble fault={trouble}>
          {isTooPoor(trouble) && wallet.balance !== undefined && sayWhatIsLeft(wallet.balance, gifts ?? [])}
        </Trouble>
        <div role="status" className="trouble">
          {wallet.balance === 0 && !isTooPoor(trouble) && <p className="notice">Your wallet is empty.</p>}
        </div>
        <GiftPanel
          gifts={gifts}
          balance={wallet.balance}
          tapped={tapped}
          disabled={ended || connection.carat === undefined || connection.status === 'refused'}
          onTap={tap}
        />
      </div>
    </Frame>
  );
};

const isTooPoor = (fault: unknown): boolean =>
  fault instanceof CaratRefusal && fault.code === 'wallet_has_too_few_coins';

const sold = (catalogue: ReadonlyMap<string, http.Gift> | undefined): http.Gift[] | undefined =>
  catalogue &&
  [...catalogue.values()]
    .filter(({ retired }) => !retired)
    .sort((one, other) => one.coins - other.coins || one.name.localeCompare(other.name));

/** Always on the page, so that what comes into it is read out. */
const Trouble = ({ fault, children }: { readonly fault: unknown; readonly children: ReactNode }) => (
  <div role="status" className="trouble">
    {fault !== undefined && (
      <p className="notice notice-bad">
        {sayError(fault)} {children}
      </p>
    )}
  </div>
);

/** What went wrong last, for as long as it takes to read it. */
const useTrouble = (): [unknown, (fault: unknown) => void] => {
  const [trouble, setTrouble] = useState<unknown>();
  useEffect(() => {
    if (trouble === undefined) return;
    const timer = setTimeout(() => setTrouble(undefined), limits.noticeMs);
    return () => clearTimeout(timer);
  }, [trouble]);
  return [trouble, setTrouble];
};

type SeenFeed = { readonly lines: readonly FeedLine[]; readonly hasGap: boolean };
const nothing: SeenFeed = { lines: [], hasGap: false };

/** The feed: what was given before this page was opened, and what comes. */
const useFeedLines = (api: Api, live: string, watching: Source | undefined): SeenFeed => {
  const [before, setBefore] = useState<readonly ShownBooking[]>([]);
  const { lines, hasGap } = useFolded(watching, nothing, (seen, { bookings, gap }) => ({
    lines: growLines(seen.lines, bookings, limits.maxFeedLines),
    hasGap: seen.hasGap || gap,
  }));
  useEffect(() => {
    const stopping = new AbortController();
    api.get<http.Feed>(`${path`/lives/${live}/feed`}?limit=${limits.pageEntries}`, stopping.signal).then(
      ({ bookings }) => setBefore(bookings),
      // The feed then begins with what comes.
      () => undefined,
    );
    return () => stopping.abort();
  }, [api, live]);
  const all = useMemo(() => growLines(lines, before, limits.maxFeedLines), [lines, before]);
  return { lines: all, hasGap };
};
