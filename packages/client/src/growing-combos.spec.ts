import type { ShownBooking } from '@carat/protocol';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { growCombos, type ShownCombo } from './growing-combos.ts';
import { booking } from './log.fixture.ts';

const bounds = { combosShown: 3, comboEndsMs: 3_000 };
const of = (combo: string, booked = 1, more: Partial<ShownBooking> = {}) =>
  booking('1', { combo, booked, coins: booked * 10, ...more });
const namesOf = (combos: readonly ShownCombo[]) => combos.map(({ combo }) => combo);

describe('combos', () => {
  it('grow by their bookings, those that grew last first', () => {
    const first = growCombos([], [of('a', 2), of('b')], 100, bounds).running;
    const { running, ended } = growCombos(first, [of('a', 3, { count: 5 })], 200, bounds);
    expect(namesOf(running)).toEqual(['a', 'b']);
    expect(running[0]).toMatchObject({ gifts: 5, coins: 50, count: 5, since: 100, grewAt: 200 });
    expect(ended).toEqual([]);
  });

  it('end three seconds after they grew, and begin again where they then grow', () => {
    const { running } = growCombos([], [of('a', 2), of('b')], 0, bounds);
    const { running: still } = growCombos(running, [of('b')], 2_999, bounds);
    expect(growCombos(still, [], 2_999, bounds).running).toBe(still);
    const later = growCombos(still, [of('a', 4, { count: 6 })], 3_000, bounds);
    expect(later.ended).toMatchObject([{ combo: 'a', gifts: 2 }]);
    expect(later.running).toMatchObject([{ combo: 'a', gifts: 4, count: 6, since: 3_000 }, { combo: 'b' }]);
  });

  it('of two viewers are two, also under one id', () => {
    const { running } = growCombos([], [of('a'), of('a', 1, { viewer: 'w' })], 0, bounds);
    expect(running).toHaveLength(2);
  });

  it('push out the one that grew longest ago where too many grow', () => {
    const { running } = growCombos([], [of('a'), of('b'), of('c')], 0, bounds);
    const crowded = growCombos(running, [of('a'), of('d')], 1, bounds);
    expect([namesOf(crowded.running), namesOf(crowded.ended)]).toEqual([['d', 'a', 'c'], ['b']]);
  });

  it('show all that was booked, whatever comes when: nothing twice, nothing left out', () => {
    const bookings = fc.array(
      fc.record({
        combo: fc.constantFrom('a', 'b', 'c', 'd', 'e'),
        viewer: fc.constantFrom('v', 'w'),
        booked: fc.integer({ min: 1, max: 99 }),
      }),
      { maxLength: 6 },
    );
    const steps = fc.array(fc.record({ wait: fc.integer({ min: 0, max: 4_000 }), bookings }));
    fc.assert(
      fc.property(steps, (all) => {
        let [now, booked, over] = [0, 0, 0];
        let running: readonly ShownCombo[] = [];
        for (const step of all) {
          now += step.wait;
          const came = step.bookings.map(({ combo, viewer, booked: gifts }) => of(combo, gifts, { viewer }));
          booked += came.reduce((sum, each) => sum + each.booked, 0);
          const next = growCombos(running, came, now, bounds);
          running = next.running;
          over += next.ended.reduce((sum, { gifts }) => sum + gifts, 0);
          expect(running.length).toBeLessThanOrEqual(bounds.combosShown);
          expect(new Set(running.map(({ key }) => key)).size).toBe(running.length);
          expect(running.every(({ grewAt }) => now - grewAt < bounds.comboEndsMs)).toBe(true);
          expect(over + running.reduce((sum, { gifts }) => sum + gifts, 0)).toBe(booked);
        }
      }),
      { numRuns: 500 },
    );
  });
});
