import { describe, expect, it } from 'vitest';
import { moment } from './http.ts';

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
  ])('%s', (text, meant) => {
    expect(moment.parse(text)).toEqual(meant);
  });

  // Without its zone it would depend on where it is read.
  it.each(['', '@', '@-1', '@01', '-1', '1.5', 'now', '2026-11-23T12:00:00', '2026-13-01', '9'.repeat(17)])(
    'is not "%s"',
    (text) => {
      expect(moment.safeParse(text).success).toBe(false);
    },
  );
});
