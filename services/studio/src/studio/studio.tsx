import type { http } from '@carat/protocol';
import { useMemo, useState } from 'react';
import { type Api, path } from '../shared/api.ts';
import { formatDateTime, formatDiamonds } from '../shared/format.ts';
import { Card, Frame, Notice } from '../shared/frame.tsx';
import { limits } from '../shared/limits.ts';
import { parameter } from '../shared/page.tsx';
import type { Identity } from '../shared/token.ts';
import { useAsked } from '../shared/use-asked.ts';
import { useConnection } from '../shared/use-connection.ts';
import { sayError } from '../shared/words.ts';
import { Earnings } from './earnings.tsx';
import { LiveDesk } from './live-desk.tsx';
import { StudioViews } from './studio-views.tsx';

type StudioProps = { readonly api: Api; readonly identity: Identity; readonly creator: string };

/** What a creator's lives bring in: the one that is chosen, by itself the newest, and all together. */
export const Studio = ({ api, identity, creator }: StudioProps) => {
  const connection = useConnection(identity);
  const { value, error } = useLives(api, creator);
  const [chosen, setChosen] = useState(() => parameter('live'));
  const live = chosen ?? value?.[0]?.live;

  const choose = (next: string): void => {
    const address = new URL(location.href);
    address.searchParams.set('live', next);
    history.replaceState(null, '', address);
    setChosen(next);
  };

  return (
    <Frame title="Studio" about={creator} connection={connection}>
      <StudioViews />
      <LivePicker lives={value ?? []} chosen={live} onChoose={choose} />
      {error !== undefined && value === undefined && <Notice tone="bad">{sayError(error)}</Notice>}
      {live !== undefined && (
        <LiveDesk key={live} api={api} identity={identity} carat={connection.carat} live={live} />
      )}
      {live === undefined && value !== undefined && (
        <Card title="No lives yet">
          <p>As soon as your first live begins, everything that it brings in shows here.</p>
        </Card>
      )}
      <Earnings api={api} creator={creator} />
    </Frame>
  );
};

type Listed = http.CreatorLives['lives'][number];

/** A creator's lives, newest first, as far as they are listed. */
const useLives = (api: Api, creator: string) => {
  const ask = useMemo(
    () => async (signal: AbortSignal) => {
      const lives: Listed[] = [];
      for (let [page, before] = [0, '']; page < limits.maxPages; page++) {
        const question = `${path`/creators/${creator}/lives`}?limit=${limits.pageEntries}${before}`;
        const answer = await api.get<http.CreatorLives>(question, signal);
        lives.push(...answer.lives);
        if (answer.next === null) break;
        before = `&before=${answer.next}`;
      }
      return lives;
    },
    [api, creator],
  );
  return useAsked(ask, limits.livesEveryMs);
};

const LivePicker = ({
  lives,
  chosen,
  onChoose,
}: {
  readonly lives: readonly Listed[];
  readonly chosen: string | undefined;
  readonly onChoose: (live: string) => void;
}) => {
  const isListed = lives.some(({ live }) => live === chosen);
  return (
    <div className="live-picker">
      <label htmlFor="live-picker">Live</label>
      <select id="live-picker" value={chosen ?? ''} onChange={(event) => onChoose(event.target.value)}>
        {!isListed && <option value={chosen ?? ''}>{chosen ?? 'No lives yet'}</option>}
        {lives.map(({ live, title, startedAt, millidiamonds }) => (
          <option key={live} value={live}>
            {title ?? live} · {formatDateTime(startedAt)} · {formatDiamonds(millidiamonds)} diamonds
          </option>
        ))}
      </select>
    </div>
  );
};
