import { describe, expect, it } from 'vitest';
import { createBoard, moment } from './http.ts';
import { largest } from './ids.ts';

const noon = Date.UTC(2026, 10, 23, 12);

describe('a moment', () => {
  it.each([
    ['@12345', { position: '12345' }],
    ['@0', { position: '0' }],
    ['12345', { instant: 12_345 }],
    [String(noon), { instant: noon }],
    ['2026-11-23T12:00Z', { instant: noon }],
    ['2026-11-23T12:00:00.000Z', { instant: noon }],
    ['2026-11-23T14:00:00+02:00', { instant: noon }],
    ['2026-11-23', { instant: Date.UTC(2026, 10, 23) }],
    ['2028-02-29', { instant: Date.UTC(2028, 1, 29) }],
    ['2026-03-01T00:30+02:00', { instant: Date.UTC(2026, 1, 28, 22, 30) }],
  ])('%s', (text, meant) => {
    expect(moment.parse(text)).toEqual(meant);
  });

  // Without its zone it would depend on where it is read.
  it.each(['', '@', '@-1', '@01', '-1', '1.5', 'now', '2026-11-23T12:00:00', '9'.repeat(17)])(
    'is not "%s"',
    (text) => {
      expect(moment.safeParse(text).success).toBe(false);
    },
  );

  it.each(['2026-13-01', '2026-00-10', '2026-02-30', '2026-02-29T12:00Z', '2026-04-31T12:00:00+02:00'])(
    'is not on a day that does not exist: %s',
    (text) => {
      expect(moment.safeParse(text).success).toBe(false);
    },
  );
});

describe('a board to be created', () => {
  const least = { board: 'spring', by: 'viewer' };
  const ids = (count: number) => Array.from({ length: count }, (_, i) => `id-${i}`);

  it('is of everything and of all time unless it says more', () => {
    const everything = { lives: [], gifts: [], from: null, to: null, window: 'all' };
    expect(createBoard.parse(least)).toEqual({ ...least, ...everything });
    const more = { lives: ids(largest.boardIds), gifts: ['rose'], from: 1, to: 2, window: 'hour' };
    expect(createBoard.parse({ ...least, ...more })).toEqual({ ...least, ...more });
  });

  it.each([
    ['board', { board: 'creators' }],
    ['board', { board: 'gifters' }],
    ['board', { board: 'a b' }],
    ['by', { by: 'live' }],
    ['lives', { lives: ids(largest.boardIds + 1) }],
    ['gifts.0', { gifts: [''] }],
    ['from', { from: -1 }],
    ['to', { from: 2, to: 2 }],
    ['window', { window: 'month' }],
    ['', { on: 1 }],
  ])('is refused for its %s: %j', (path, more) => {
    const { error } = createBoard.safeParse({ ...least, ...more });
    expect(error?.issues[0]?.path.join('.')).toBe(path);
  });
});
