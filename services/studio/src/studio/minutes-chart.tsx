import type { Carat } from '@carat/client';
import type { AsOf, http, LiveTotals } from '@carat/protocol';
import { useMemo } from 'react';
import { type Api, path } from '../shared/api.ts';
import { isNewer } from '../shared/as-of.ts';
import { formatDiamonds, formatTime } from '../shared/format.ts';
import { limits } from '../shared/limits.ts';
import { useAsked } from '../shared/use-asked.ts';
import { useMinute } from '../shared/use-minute.ts';
import { Chart } from './chart.tsx';
import { continueMinutes } from './minutes.ts';

type MinutesChartProps = {
  readonly api: Api;
  readonly live: string;
  readonly carat: Carat | undefined;
  readonly totals: { readonly asOf: AsOf; readonly totals: LiveTotals } | undefined;
  readonly ended: boolean;
  /** Undefined until it is known. */
  readonly startedAt: number | undefined;
};

const minuteMs = 60_000;
/** The api tells the minutes of the last day; of a live that is not much younger, not from its beginning. */
const wholeMs = 23 * 60 * minuteMs;

/** Diamonds per minute: as the api tells them, carried on by what is pushed. */
export const MinutesChart = ({ api, live, carat, totals, ended, startedAt }: MinutesChartProps) => {
  const ask = useMemo(
    () => (signal: AbortSignal) => api.get<http.LiveMinutes>(path`/lives/${live}/minutes`, signal),
    [api, live],
  );
  const { value } = useAsked(ask, limits.chartsEveryMs, isNewer);
  const now = useMinute(carat);
  const bars = useMemo(() => {
    const { millidiamonds } = totals?.totals ?? {};
    const isWhole = startedAt !== undefined && now - startedAt < wholeMs;
    const known =
      totals && millidiamonds !== undefined && isWhole ? { asOf: totals.asOf, millidiamonds } : undefined;
    return value ? continueMinutes(value, known, now, ended) : [];
  }, [value, totals, now, ended, startedAt]);

  if (bars.length === 0) return <p className="empty">The first gift begins the chart.</p>;
  const best = bars.reduce((most, bar) => (bar.millidiamonds > most.millidiamonds ? bar : most));
  const label =
    `Diamonds per minute from ${formatTime(bars[0]!.from)} to ${formatTime(bars.at(-1)!.from)}; ` +
    `most at ${formatTime(best.from)}: ${formatDiamonds(best.millidiamonds)}.`;
  return <Chart label={label} bars={bars} stepMs={minuteMs} formatFrom={formatTime} />;
};
