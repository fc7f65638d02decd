import type { Position, StoredEvent } from '@carat/event-store';
import { describe, expect, it } from 'vitest';
import { formatInstant, gistOf, instantOfEvent, lineInStream, lineOf } from './gist.ts';

const stored = (stream: string, type: string, data: StoredEvent['data']): StoredEvent => ({
  id: 'event-1',
  stream,
  type,
  data,
  revision: 0,
  position: '7' as Position,
  created: Date.UTC(2026, 0, 2),
});
const by = { by: 'ops', at: Date.UTC(2026, 0, 1) };

describe('the gist of an event', () => {
  it.each([
    [
      'catalogue',
      'GiftListed',
      { gift: 'rose', name: 'Rose', coins: 1, streakable: true, ...by },
      'rose (Rose) at 1 coin',
    ],
    ['catalogue', 'GiftRetired', { gift: 'rose', ...by }, 'rose'],
    [
      'rates',
      'DiamondRateSet',
      { millidiamondsPerCoin: 900, from: 0, ...by },
      '900 millidiamonds per coin from 1970',
    ],
    ['live-gala', 'LiveEnded', { live: 'gala', creator: 'cleo', ...by }, 'of cleo, ended by ops'],
    ['live-gala', 'LiveStarted', { live: 'gala', creator: 'cleo', title: null, ...by }, 'by cleo'],
    [
      'live-gala',
      'LiveGoalSet',
      { live: 'gala', creator: 'cleo', title: 'Tea', coins: 5, ...by },
      'Tea, at 5 coins',
    ],
    ['live-gala', 'LiveGoalSet', { live: 'gala', creator: 'cleo', title: '', coins: 0, ...by }, 'no goal'],
    ['live-gala', 'ViewerBlocked', { live: 'gala', creator: 'cleo', viewer: 'ann', ...by }, 'ann, by ops'],
    [
      'boards',
      'BoardCreated',
      { board: 'b', ranks: 'viewer', lives: [], gifts: [], from: null, to: null, window: 'day', ...by },
      'b: viewers, day, by ops',
    ],
    ['boards', 'BoardRetired', { board: 'b', ...by }, 'b, by ops'],
    [
      'log',
      'EventSkipped',
      { event: 'e', unit: 'boards', by: 'ops', reason: 'bad' },
      'e of boards, by ops: bad',
    ],
    ['wallet-ann', 'GiftSent', { coins: 1 }, 'cannot be read: '],
    ['wallet-ann', 'Later', { of: 'a later version' }, '{"of":"a later version"}'],
    ['foreign-1', 'GiftSent', { any: 'x'.repeat(100) }, `{"any":"${'x'.repeat(51)}…`],
    ['seals', 'LogSealed', {}, 'cannot be read: '],
  ])('of %s, %s %j', (stream, type, data, gist) => {
    expect(gistOf(stored(stream, type, data)).startsWith(gist)).toBe(true);
  });

  it('has the time of the event itself, or else of the store', () => {
    expect(instantOfEvent(stored('catalogue', 'GiftRetired', { gift: 'rose', ...by }))).toBe(by.at);
    expect(lineOf(stored('log', 'LogCreated', { logId: 'a' }), 80)).toBe(
      '2026-01-02 00:00:00     7 LogCreated   log log a',
    );
    expect(formatInstant(Number.MAX_SAFE_INTEGER)).toBe('9007199254740991');
  });

  it('goes on beneath where ids are long', () => {
    const [viewer, live] = ['a'.repeat(36), 'b'.repeat(36)];
    const blocked = stored(`live-${live}`, 'ViewerBlocked', { live, creator: 'cleo', viewer, ...by });
    expect(lineOf(blocked, 80).split('\n')).toEqual([
      '2026-01-01 00:00:00     7 ViewerBlocked',
      `    live-${live}`,
      `    ${viewer}, by ops`,
    ]);
    expect(lineInStream(blocked, 80).split('\n')).toEqual([
      '    0        7 2026-01-01 00:00:00 ViewerBlocked',
      `    ${viewer}, by ops`,
    ]);
    expect(lineOf(blocked, Number.POSITIVE_INFINITY)).not.toContain('\n');
  });
});
