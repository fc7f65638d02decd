import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { FeedPart } from './feed.ts';
import { Listeners } from './listeners.ts';
import { booking } from './log.fixture.ts';
import { show } from './shown.ts';
import type { WatchEvents } from './watching.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const watched = () => {
  const listeners = new Listeners<WatchEvents>();
  const come = (...bookings: FeedPart['bookings']) => listeners.tell('feed', { bookings, gap: false });
  return { come, watching: { on: listeners.on.bind(listeners) } as Parameters<typeof show>[0] };
};

it('shows what comes, ends it in time, and tells each change', () => {
  const { come, watching } = watched();
  const shown = show(watching, { bannerCoins: 50 });
  const changed = vi.fn();
  const unsubscribe = shown.subscribe(changed);
  come(booking('1', { coins: 50 }));
  come(booking('2', { combo: 'y' }));
  expect(shown.current).toMatchObject({ combos: [{ combo: 'y' }, { combo: 'x' }], banners: { showing: {} } });
  expect(changed).toHaveBeenCalledTimes(2);
  vi.advanceTimersByTime(3_000);
  expect(shown.current).toMatchObject({ combos: [], banners: { showing: { combo: 'x' } } });
  vi.advanceTimersByTime(1_000);
  expect(shown.current.banners.showing).toBeNull();
  expect(vi.getTimerCount()).toBe(0);
  expect(changed).toHaveBeenCalledTimes(4);
  unsubscribe();
  come(booking('3'));
  shown.close();
  expect([changed.mock.calls.length, vi.getTimerCount()]).toEqual([4, 0]);
  come(booking('4'));
  expect(shown.current.combos).toMatchObject([{ gifts: 1 }]);
});
