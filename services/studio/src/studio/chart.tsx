import { useEffect, useRef } from 'react';
import UPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import { formatDiamonds, formatShort } from '../shared/format.ts';
import { themeChanged } from '../shared/theme.ts';
import type { Bar } from './minutes.ts';

type ChartProps = {
  /** What the bars say, in a sentence, for whoever does not see them. */
  readonly label: string;
  readonly bars: readonly Bar[];
  /** How long one bar is, in ms. */
  readonly stepMs: number;
  readonly formatFrom: (from: number) => string;
};

const height = 200;

/** Diamonds over time as bars, painted anew as they change, with the same as a table below. */
export const Chart = ({ label, bars, stepMs, formatFrom }: ChartProps) => {
  const place = useRef<HTMLDivElement>(null);
  const plot = useRef<UPlot>(undefined);
  const latest = useRef(bars);
  latest.current = bars;

  useEffect(() => {
    const target = place.current!;
    const paint = (): void => {
      plot.current?.destroy();
      plot.current = draw(target, latest.current, stepMs, formatFrom);
    };
    paint();
    const resized = new ResizeObserver(() => {
      plot.current?.setSize({ width: target.clientWidth, height });
    });
    resized.observe(target);
    const scheme = matchMedia('(prefers-color-scheme: dark)');
    scheme.addEventListener('change', paint);
    addEventListener(themeChanged, paint);
    return () => {
      resized.disconnect();
      scheme.removeEventListener('change', paint);
      removeEventListener(themeChanged, paint);
      plot.current?.destroy();
      plot.current = undefined;
    };
  }, [stepMs, formatFrom]);

  useEffect(() => plot.current?.setData(dataOf(bars)), [bars]);

  return (
    <>
      <div ref={place} className="chart" role="img" aria-label={label} />
      <details className="chart-table">
        <summary>As a table</summary>
        <BarTable bars={bars} formatFrom={formatFrom} />
      </details>
    </>
  );
};

const BarTable = ({ bars, formatFrom }: Pick<ChartProps, 'bars' | 'formatFrom'>) => (
  <table>
    <thead>
      <tr>
        <th scope="col">From</th>
        <th scope="col" className="number">
          Diamonds
        </th>
      </tr>
    </thead>
    <tbody>
      {bars
        .filter(({ millidiamonds }) => millidiamonds > 0)
        .toReversed()
        .map(({ from, millidiamonds }) => (
          <tr key={from}>
            <th scope="row">{formatFrom(from)}</th>
            <td className="number">{formatDiamonds(millidiamonds)}</td>
          </tr>
        ))}
    </tbody>
  </table>
);

/** Bars stand on the middle of their time. */
const dataOf = (bars: readonly Bar[]): UPlot.AlignedData => [
  bars.map(({ from }) => from / 1_000),
  bars.map(({ millidiamonds }) => millidiamonds / 1_000),
];

const draw = (
  target: HTMLElement,
  bars: readonly Bar[],
  stepMs: number,
  formatFrom: (from: number) => string,
): UPlot => {
  // Properties of the page's own are not resolved by the browser, colours of an element are.
  const { color: ink, borderTopColor: line, outlineColor: accent } = getComputedStyle(target);
  const axis = {
    stroke: ink,
    grid: { stroke: line, width: 1 },
    ticks: { show: false },
    font: '12px sans-serif',
  };
  const step = stepMs / 1_000;
  return new UPlot(
    {
      width: target.clientWidth,
      height,
      legend: { show: false },
      cursor: { show: false },
      scales: {
        x: { range: (_, min, max) => [(min ?? 0) - step, Math.max(max ?? 0, (min ?? 0) + 9 * step) + step] },
        y: { range: (_, __, max) => [0, Math.max(1, (max ?? 0) * 1.1)] },
      },
      axes: [
        {
          ...axis,
          size: 28,
          grid: { show: false },
          values: (_, splits) => splits.map((at) => formatFrom(at * 1_000)),
        },
        { ...axis, size: 52, values: (_, splits) => splits.map(formatShort) },
      ],
      series: [
        {},
        {
          fill: accent,
          stroke: accent,
          width: 0,
          points: { show: false },
          paths: UPlot.paths.bars!({ size: [0.72, 40], radius: 0.25 }),
        },
      ],
    },
    dataOf(bars),
    target,
  );
};
