import { describe, expect, it } from 'vitest';
import { judge, notMeasured } from './budgets.ts';
import { drawChart } from './chart.ts';
import type { Host } from './host.ts';
import { mergeResults, putBetweenMarkers, type Result, showResults } from './kept-results.ts';

const host: Host = {
  ...{ cpu: '2 x EPYC', memoryGiB: 24, platform: 'linux x64', node: '24.21.0', sqlite: '3.53.4' },
  ...{ at: '2026-11-23', loadBefore: 0.4, redis: '7.0.15', postgres: '15.18', kurrentdb: 'none' },
};
const row = judge({ row: 'claims <of all>', ours: 60, unit: 'per s', budget: { least: 30 } });
const result = (bench: string, at = '2026-11-23'): Result => ({
  ...{ bench, at, command: 'npm run bench -- --write', seconds: 60, host },
  budgets: [row, notMeasured('another', 'no server')],
  cpu: { [bench]: { gateway: 0.04 } },
});

describe('results that are kept', () => {
  it('give way to newer ones of the same bench, in the order of the benches', () => {
    const merged = mergeResults([result('b'), result('a')], [result('b', '2026-11-24')], ['a', 'b', 'c']);
    expect(merged.map(({ bench, at }) => [bench, at])).toEqual([
      ['a', '2026-11-23'],
      ['b', '2026-11-24'],
    ]);
  });

  it('are not lost to a run that could not measure them', () => {
    const empty = { ...result('a', '2026-11-24'), budgets: [notMeasured('claims', 'no server')] };
    expect(mergeResults([result('a')], [empty], ['a'])).toEqual([result('a')]);
    expect(mergeResults([], [empty], ['a'])).toEqual([empty]);
  });

  it('are shown with the command that made them, the machine, every row and every process', () => {
    const shown = showResults([result('a'), result('b')]);
    expect(shown).toContain('`npm run bench -- --write`, 2026-11-23; 2 x EPYC, 24 GiB');
    expect(shown).toContain('load 0.4 before; Node 24.21.0, SQLite 3.53.4, Redis 7.0.15, PostgreSQL 15.18');
    expect(shown).not.toContain('KurrentDB');
    expect(shown).toContain('Together 2 minutes.');
    expect(shown.match(/\| claims <of all> +\| 60 per s .*\| pass /g)).toHaveLength(2);
    expect(shown).toContain('not measured: no server');
    expect(shown).toMatch(/\| a +\| gateway +\| 0\.0400 .*█{24}/);
  });

  it('say which came from which run where there were several', () => {
    const shown = showResults([result('a'), result('b'), result('c', '2026-11-24')]);
    expect(shown).toContain('* a, b: `npm run bench -- --write`, 2026-11-23;');
    expect(shown).toContain('* c: `npm run bench -- --write`, 2026-11-24;');
  });
});

describe('a page', () => {
  const page = 'before\n<!-- bench:begin -->\nold\n<!-- bench:end -->\nafter\n';

  it('keeps what is around the markers, however often it is written', () => {
    const once = putBetweenMarkers(page, 'new');
    expect(once).toBe('before\n<!-- bench:begin -->\n\nnew\n\n<!-- bench:end -->\nafter\n');
    expect(putBetweenMarkers(once, 'new')).toBe(once);
  });

  it('is refused without markers', () => {
    expect(() => putBetweenMarkers('no markers', 'new')).toThrow('bench:begin');
    expect(() => putBetweenMarkers('<!-- bench:end --><!-- bench:begin -->', 'new')).toThrow('bench:end');
  });
});

describe('a chart', () => {
  const drawn = (ours: number): string =>
    drawChart([judge({ row: 'claims', ours, unit: 'per s', budget: { least: 30 } })]);
  const barOf = (svg: string): number[] =>
    /<rect x="([\d.]+)" y="\d+" width="([\d.]+)"/.exec(svg)!.slice(1).map(Number);

  it('draws what is better to the right of the middle, and what is short as far to its left', () => {
    const [better, short] = [barOf(drawn(60)), barOf(drawn(15))];
    expect(better).toEqual([700, 45]);
    expect(short).toEqual([655, 45]);
    expect(drawn(15)).toContain('0.5 ×');
    expect(drawn(60)).not.toContain('#c2452d');
    expect(drawn(15)).toContain('#c2452d');
  });

  it('ends at its edges, leaves out what has no budget, and escapes names', () => {
    expect(barOf(drawn(3_000_000))).toEqual([700, 180]);
    expect(barOf(drawn(0))).toEqual([520, 180]);
    const svg = drawChart([
      row,
      judge({ row: 'free', ours: 1, unit: 'ms' }),
      notMeasured('gone', 'no server'),
    ]);
    expect(svg).toContain('claims &lt;of all&gt;');
    expect(svg).not.toMatch(/free|gone/);
  });
});
