import type { http } from '@carat/protocol';
import { useMemo } from 'react';
import { type Api, path } from '../shared/api.ts';
import { isNewer } from '../shared/as-of.ts';
import { formatDiamonds, formatNumber, formatUtcDay } from '../shared/format.ts';
import { Card, Figure } from '../shared/frame.tsx';
import { limits } from '../shared/limits.ts';
import { useAsked } from '../shared/use-asked.ts';
import { Chart } from './chart.tsx';
import { lastDays } from './days.ts';

const dayMs = 86_400_000;

/** What all lives of a creator brought in together, and on which days. */
export const Earnings = ({ api, creator }: { readonly api: Api; readonly creator: string }) => {
  const askDays = useMemo(
    () => (signal: AbortSignal) => api.get<http.CreatorDays>(path`/creators/${creator}/days`, signal),
    [api, creator],
  );
  const askAll = useMemo(
    () => (signal: AbortSignal) => api.get<http.Earnings>(path`/creators/${creator}/earnings`, signal),
    [api, creator],
  );
  const days = useAsked(askDays, limits.chartsEveryMs, isNewer).value;
  const all = useAsked(askAll, limits.chartsEveryMs, isNewer).value;
  const bars = useMemo(() => (days ? lastDays(days.days, Date.now()) : []), [days]);
  const sum = bars.reduce((total, { millidiamonds }) => total + millidiamonds, 0);
  return (
    <Card title="Earnings" aside={<p className="aside">Days are those of UTC</p>}>
      <dl className="figures">
        <Figure name="Diamonds, all lives" value={all && formatDiamonds(all.millidiamonds)} />
        <Figure name="Coins, all lives" value={all && formatNumber(all.coins)} />
        <Figure name="Gifts, all lives" value={all && formatNumber(all.gifts)} />
      </dl>
      {bars.length > 0 && (
        <Chart
          label={`Diamonds per day of the last 30 days, ${formatDiamonds(sum)} together.`}
          bars={bars}
          stepMs={dayMs}
          formatFrom={formatUtcDay}
        />
      )}
    </Card>
  );
};
