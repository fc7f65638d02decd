import type { Position } from '@carat/event-store';
import { describe, expect, it, vi } from 'vitest';
import { reckon, showLines } from './progress.ts';

const at = (events: number, position?: string) => ({ events, position: position as Position | undefined });

describe('the progress of a copy', () => {
  it('reckons what is left from how far the position has come', () => {
    expect(reckon(at(0), at(50, '1000'), '4000' as Position, 2_000)).toEqual({
      share: 0.25,
      eventsPerSecond: 25,
      eventsLeft: 150,
      secondsLeft: 6,
    });
  });

  it('counts only what it did itself when it goes on with a copy', () => {
    const { share, eventsLeft } = reckon(at(100, '1000'), at(150, '2000'), '3000' as Position, 1_000);
    expect({ share, eventsLeft }).toEqual({ share: 0.5, eventsLeft: 50 });
  });

  it('tells no rate of less than a second', () => {
    const rateAfter = (ms: number) => reckon(at(0), at(500, '1'), '2' as Position, ms).eventsPerSecond;
    expect([rateAfter(0), rateAfter(999), rateAfter(1_000)]).toEqual([undefined, undefined, 500]);
  });

  it('never goes past the end, which may have moved on', () => {
    const { share, eventsLeft } = reckon(at(0), at(10, '20'), '10' as Position, 1_000);
    expect({ share, eventsLeft }).toEqual({ share: 1, eventsLeft: 0 });
  });

  it('says nothing of what is over soon, and a line every ten seconds of what is not', () => {
    vi.useFakeTimers({ toFake: ['performance'] });
    try {
      const lines: string[] = [];
      const progress = showLines((line) => lines.push(line))('copying', at(0), '100' as Position);
      progress.update(at(1, '1'));
      expect(lines).toEqual([]);
      vi.advanceTimersByTime(10_000);
      progress.update(at(25, '25'));
      progress.update(at(26, '26'));
      expect(lines).toEqual(['copying: 25 %, 25 events, 3/s, 75 left, 30 s']);
    } finally {
      vi.useRealTimers();
    }
  });
});
