import { expect, it } from 'vitest';
import { describePace, paceOf } from './filling-pace.ts';

it('says how far a unit is and how long the rest will take at its pace', () => {
  const pace = paceOf({ position: '100', at: 1_000 }, { position: '400', at: 4_000 }, '1000');
  expect(pace).toEqual({ share: 0.4, secondsLeft: 6 });
  expect(describePace(pace)).toBe('rebuilding: 40 %, about 6 s left');
});

it('does not say how long where nothing has moved', () => {
  const stood = { position: null, at: 1_000 };
  expect(describePace(paceOf(stood, { position: null, at: 3_000 }, '50'))).toBe('rebuilding: 0 %');
  expect(describePace(paceOf(stood, stood, '50'))).toBe('rebuilding: 0 %');
});

it('is through where the log is empty, or ends before where it stands', () => {
  const stood = { position: '9', at: 0 };
  expect(paceOf(stood, stood, null).share).toBe(1);
  expect(paceOf(stood, { position: '9', at: 5 }, '5').share).toBe(1);
});
