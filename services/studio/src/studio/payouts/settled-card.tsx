import type { redemptions } from '@carat/protocol';
import { useEffect } from 'react';
import { type Api, path } from '../../shared/api.ts';
import { Disclosure } from '../../shared/disclosure.tsx';
import { formatCount, formatDay, formatDiamonds } from '../../shared/format.ts';
import { Card, Notice } from '../../shared/frame.tsx';
import { limits } from '../../shared/limits.ts';
import { More } from '../../shared/more.tsx';
import { useCatalogue } from '../../shared/use-catalogue.ts';
import { usePages } from '../../shared/use-pages.ts';
import { sayError } from '../../shared/words.ts';
import { DayGifts } from './day-gifts.tsx';
import { openedOn } from './opened-on.ts';

type SettledProps = {
  readonly api: Api;
  readonly creator: string;
  /** Asked anew when it changes. */
  readonly settled: string | undefined;
};

/** The days whose gifts were settled, newest first, each down to its gifts. */
export const SettledCard = ({ api, creator, settled }: SettledProps) => {
  const { entries, error, more, again } = usePages(
    api,
    path`/creators/${creator}/settlements`,
    'before',
    daysOf,
    limits.chartsEveryMs,
  );
  // biome-ignore lint/correctness/useExhaustiveDependencies: what is settled is the wish to ask again
  useEffect(again, [settled, again]);
  const catalogue = useCatalogue(api);
  return (
    <Card title="Settled days" aside={<p className="aside">Days are those of UTC</p>}>
      {error !== undefined && <Notice tone="bad">{sayError(error)}</Notice>}
      {entries?.length === 0 && (
        <p className="empty">The first day with gifts is settled after it is over.</p>
      )}
      <ul className="plain">
        {entries?.map((day) => (
          <li key={day.day}>
            <Disclosure summary={<DaySummary day={day} />}>
              {() => <DayGifts api={api} creator={creator} day={day} catalogue={catalogue} />}
            </Disclosure>
          </li>
        ))}
      </ul>
      <More more={more} what="older days" />
    </Card>
  );
};

const daysOf = ({ days: entries, next }: redemptions.SettledDays) => ({ entries, next });

const DaySummary = ({ day }: { readonly day: redemptions.SettledDay }) => (
  <span className="day-summary">
    <strong>{formatDay(day.day)}</strong>
    <span>{formatDiamonds(day.millidiamonds)} diamonds</span>
    <span className="soft">{formatCount(day.gifts, 'gift')}</span>
    <span className={`pill ${day.available ? 'pill-good' : ''}`}>
      <span className="dot" />
      {day.available ? 'Available' : sayHeld(day.availableWith)}
    </span>
  </span>
);

const sayHeld = (day: string | null): string =>
  day === null ? 'Held' : `Held until ${formatDay(openedOn(day))}`;
