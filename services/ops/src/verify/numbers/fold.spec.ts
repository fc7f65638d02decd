import { windowStart as stored } from '@carat/protocol';
import { describe, expect, it } from 'vitest';
import { readFact } from '../stored.ts';
import { comboId, noon, writeLog } from '../testing/written-log.ts';
import { foldBoards } from './boards.ts';
import { foldCreators } from './creators.ts';
import { foldDefinedBoard } from './defined-board.ts';
import type { UnitFold } from './fold.ts';
import { windowStart } from './windows.ts';

const fold = (begin: () => UnitFold): UnitFold => {
  const log = writeLog();
  const combo = comboId(noon, 1);
  log.start('live', 'creator', 'Ten to one 10 1');
  log.grant('ann', 1_000);
  log.grant('bob', 1_000);
  log.send({ viewer: 'ann', combo, booked: 2 });
  log.send({ viewer: 'bob', gift: 'castle', unitCoins: 500, rate: 800 });
  log.send({ viewer: 'ann', combo, booked: 3, at: noon + 24 * 3_600_000 });
  const folded = begin();
  for (const event of log.events) {
    const fact = readFact(event);
    if (fact && !('fault' in fact)) folded.see(fact);
  }
  return folded;
};

const rowsOf = (folded: UnitFold): Record<string, Record<string, string>> =>
  Object.fromEntries(
    [...folded.tables].map(([name, { rows }]) => [
      name,
      Object.fromEntries(
        [...rows].map(([field, { amounts, place }]) => [field, [...amounts, place].join(' ')]),
      ),
    ]),
  );

describe('what the log implies', () => {
  it('for creators: earnings, totals and board of the live, when it was given what, its feed', () => {
    const folded = fold(foldCreators);
    const [day, wednesday] = [24 * 3_600_000, Date.UTC(2026, 5, 10)];
    expect(rowsOf(folded)).toEqual({
      'live-totals:live': {
        begins: '1',
        title: 'Ten to one 10 1',
        all: '525 6 425000 8',
        'gift:rose': '5 25 8',
        'gift:castle': '1 500 7',
      },
      'live-board:live': { ann: '25 8', bob: '500 7' },
      earnings: { creator: '425000 525 6 8' },
      [`live-minutes:${noon}`]: { [`${noon}:live`]: '510 3 410000 7' },
      [`live-minutes:${noon + day}`]: { [`${noon + day}:live`]: '15 3 15000 8' },
      [`creator-days:${wednesday}`]: { creator: '510 3 410000 7' },
      [`creator-days:${wednesday + day}`]: { creator: '15 3 15000 8' },
      'creator-lives:creator': { live: `${noon} 1` },
      ledger: { booked: '525 6 425000 8' },
    });
    expect(folded.tables.get('creator-lives:creator')?.ranked).toBe(true);
    expect(folded.tables.get('live-board:live')?.ranked).toBe(true);
    expect(folded.feeds.get('feed:live')).toMatchObject({ count: 3, latest: noon + 24 * 3_600_000 });
  });

  it('for boards: creators and gifters by window', () => {
    const wednesday = Date.UTC(2026, 5, 10);
    const day = 24 * 3_600_000;
    const monday = wednesday - 2 * day;
    expect(rowsOf(fold(foldBoards))).toEqual({
      [`creator-board:hour:${noon}`]: { creator: '410000 7' },
      [`creator-board:hour:${noon + day}`]: { creator: '15000 8' },
      [`creator-board:day:${wednesday}`]: { creator: '410000 7' },
      [`creator-board:day:${wednesday + day}`]: { creator: '15000 8' },
      [`creator-board:week:${monday}`]: { creator: '425000 8' },
      'creator-board:all:0': { creator: '425000 8' },
      [`gifter-board:day:${wednesday}`]: { ann: '10 6', bob: '500 7' },
      [`gifter-board:day:${wednesday + day}`]: { ann: '15 8' },
      [`gifter-board:week:${monday}`]: { ann: '25 8', bob: '500 7' },
      'gifter-board:all:0': { ann: '25 8', bob: '500 7' },
      ledger: { booked: '525 6 425000 8' },
    });
  });

  it('for boards that operators defined: what counts for them', () => {
    const any = { board: 'b', lives: [], gifts: [], from: null, to: null, window: 'all', at: noon } as const;
    const ofViewers = { ...any, ranks: 'viewer' } as const;
    const day = 24 * 3_600_000;
    const rows = (board: Parameters<typeof foldDefinedBoard>[0]) =>
      rowsOf(fold(() => foldDefinedBoard(board)));
    const wednesday = Date.UTC(2026, 5, 10);
    expect(rows(ofViewers)).toEqual({ 'ranking:all:0': { ann: '25 8', bob: '500 7' } });
    expect(rows({ ...any, ranks: 'creator', window: 'day', gifts: ['rose'] })).toEqual({
      [`ranking:day:${wednesday}`]: { creator: '10000 6' },
      [`ranking:day:${wednesday + day}`]: { creator: '15000 8' },
    });
    expect(rows({ ...ofViewers, from: noon + 1 })).toEqual({ 'ranking:all:0': { ann: '15 8' } });
    expect(rows({ ...ofViewers, from: noon, to: noon + day })).toEqual({
      'ranking:all:0': { ann: '10 6', bob: '500 7' },
    });
    expect(rows({ ...ofViewers, lives: ['another'] })).toEqual({});
    expect(fold(() => foldDefinedBoard(ofViewers))).toMatchObject({ unit: 'board:b' });
  });

  it('begins windows where the calendar does, and where the read models do', () => {
    for (const at of [
      0,
      noon,
      Date.UTC(2026, 0, 1),
      Date.UTC(2027, 0, 3, 23, 59, 59, 999),
      Date.UTC(2027, 0, 4),
    ]) {
      for (const window of ['hour', 'day', 'week', 'all'] as const) {
        // 1970 began on a Thursday: the week of its first instants began before it.
        if (at > 0 || window !== 'week') expect(windowStart(window, at)).toBe(stored(window, at));
      }
    }
    expect(new Date(windowStart('week', Date.UTC(2027, 0, 3))).toISOString()).toBe(
      '2026-12-28T00:00:00.000Z',
    );
  });
});
