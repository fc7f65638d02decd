import type { ShownBooking } from '@carat/protocol';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type BannerQueue, emptyBanners, showBanners } from './banners.ts';
import { booking } from './log.fixture.ts';

const bounds = { bannerCoins: 100, bannersWaiting: 2, bannerMs: 4_000 };
const of = (combo: string, coins: number, more: Partial<ShownBooking> = {}) =>
  booking('1', { combo, coins, ...more });
const waitingIn = ({ waiting }: BannerQueue) => waiting.map(({ combo, coins }) => [combo, coins]);

describe('banners', () => {
  it('are of valuable gifts only', () => {
    expect(showBanners(emptyBanners, [of('a', 99)], 0, bounds).queue).toBe(emptyBanners);
    const { queue } = showBanners(emptyBanners, [of('a', 100)], 7, bounds);
    expect(queue).toMatchObject({ showing: { combo: 'a', coins: 100, gifts: 1 }, since: 7 });
  });

  it('are shown one at a time, the most valuable next', () => {
    const first = showBanners(emptyBanners, [of('a', 100)], 0, bounds).queue;
    const filled = showBanners(first, [of('b', 100), of('c', 300)], 3_999, bounds).queue;
    expect(filled.showing?.combo).toBe('a');
    expect(showBanners(filled, [], 3_999, bounds).queue).toBe(filled);
    const next = showBanners(filled, [], 4_000, bounds);
    expect(next.over).toMatchObject([{ combo: 'a' }]);
    expect(next.queue).toMatchObject({ showing: { combo: 'c' }, since: 4_000, waiting: [{ combo: 'b' }] });
    expect(showBanners(next.queue, [], 8_000, bounds).queue.showing?.combo).toBe('b');
  });

  it('grow with their combo, shown or waiting, also by little', () => {
    const { queue } = showBanners(emptyBanners, [of('a', 500), of('b', 100), of('c', 150)], 0, bounds);
    const grown = showBanners(queue, [of('a', 5), of('b', 60, { count: 9 })], 1, bounds).queue;
    expect(grown.showing).toMatchObject({ combo: 'a', coins: 505, gifts: 2 });
    expect(waitingIn(grown)).toEqual([
      ['b', 160],
      ['c', 150],
    ]);
    expect(grown.waiting[0]?.count).toBe(9);
  });

  it('that do not fit are counted, until the queue has run empty', () => {
    const came = [of('a', 500), of('b', 400), of('c', 300), of('d', 200), of('e', 150, { booked: 3 })];
    let { queue } = showBanners(emptyBanners, came, 0, bounds);
    expect(waitingIn(queue)).toEqual([
      ['b', 400],
      ['c', 300],
    ]);
    expect(queue.more).toEqual({ gifts: 4, coins: 350 });
    queue = showBanners(queue, [], 4_000, bounds).queue;
    queue = showBanners(queue, [], 8_000, bounds).queue;
    expect(queue).toMatchObject({ showing: { combo: 'c' }, waiting: [], more: { gifts: 4 } });
    expect(showBanners(queue, [], 12_000, bounds).queue).toEqual(emptyBanners);
  });

  it('and what is counted beside them make up all that was booked', () => {
    const bookings = fc.array(
      fc.record({
        combo: fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f'),
        booked: fc.integer({ min: 1, max: 9 }),
      }),
      { maxLength: 6 },
    );
    const steps = fc.array(fc.record({ wait: fc.integer({ min: 0, max: 3_000 }), bookings }));
    fc.assert(
      fc.property(steps, (all) => {
        let queue: BannerQueue = emptyBanners;
        let [now, booked, told] = [0, 0, 0];
        const take = (came: readonly ShownBooking[]): void => {
          const next = showBanners(queue, came, now, { ...bounds, bannerCoins: 1 });
          told += next.over.reduce((sum, { gifts }) => sum + gifts, 0);
          if (next.queue === emptyBanners) told += queue.more.gifts;
          queue = next.queue;
        };
        for (const step of all) {
          now += step.wait;
          take([]);
          const came = step.bookings.map((each) => of(each.combo, each.booked, { booked: each.booked }));
          booked += came.reduce((sum, each) => sum + each.booked, 0);
          take(came);
          const { showing, waiting, more } = queue;
          const left = [...(showing ? [showing] : []), ...waiting, more];
          expect(told + left.reduce((sum, { gifts }) => sum + gifts, 0)).toBe(booked);
          expect(waiting.length).toBeLessThanOrEqual(bounds.bannersWaiting);
          expect(waiting.map(({ coins }) => coins)).toEqual(
            waiting.map(({ coins }) => coins).sort((a, b) => b - a),
          );
        }
      }),
      { numRuns: 500 },
    );
  });
});
