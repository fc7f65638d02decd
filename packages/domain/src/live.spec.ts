import { describe, expect, it } from 'vitest';
import { endLive, evolveLive, initialLive, startLive } from './live.ts';

const command = { live: 'l1', creator: 'c1', title: null, by: 'c1', now: 1_000 };
const started = {
  type: 'LiveStarted',
  data: { live: 'l1', creator: 'c1', title: null, by: 'c1', at: 1_000 },
} as const;
const running = evolveLive(initialLive, started);
const ended = evolveLive(running, {
  type: 'LiveEnded',
  data: { live: 'l1', creator: 'c1', by: 'op', at: 2_000 },
});

describe('a live', () => {
  it('is started once', () => {
    expect(startLive(command, initialLive)).toEqual({ refused: false, events: [started] });
    expect(startLive({ ...command, now: 5 }, running)).toEqual({ refused: false, events: [] });
  });

  it('is not started over another’s, nor again once it has ended', () => {
    expect(startLive({ ...command, creator: 'c2' }, running)).toMatchObject({
      refusal: { refused: 'live_exists_already' },
    });
    expect(startLive(command, ended)).toMatchObject({ refusal: { refused: 'live_ended' } });
  });

  it('is ended once, and never before it began', () => {
    expect(endLive({ by: 'op', now: 10 }, running)).toEqual({
      refused: false,
      events: [{ type: 'LiveEnded', data: { live: 'l1', creator: 'c1', by: 'op', at: 1_000 } }],
    });
    expect(endLive({ by: 'op', now: 9_000 }, ended)).toEqual({ refused: false, events: [] });
    expect(endLive({ by: 'op', now: 1 }, initialLive)).toMatchObject({
      refusal: { refused: 'live_unknown' },
    });
    expect(ended).toMatchObject({ status: 'ended', startedAt: 1_000, endedAt: 2_000 });
  });
});
