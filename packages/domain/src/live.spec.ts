import { describe, expect, it } from 'vitest';
import type { LiveEvent } from './events.ts';
import {
  blockViewer,
  endLive,
  evolveLive,
  foldLive,
  initialLive,
  maxBlockedPerLive,
  setGoal,
  startLive,
  unblockViewer,
} from './live.ts';

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

  it('has a goal while it runs, which can be taken away', () => {
    const of = { by: 'c1', now: 5 };
    const goal = { title: 'A new microphone', coins: 5_000 };
    const decided = setGoal({ ...of, goal }, running);
    const data = { live: 'l1', creator: 'c1', ...goal, by: 'c1', at: 1_000 };
    expect(decided).toEqual({ refused: false, events: [{ type: 'LiveGoalSet', data }] });
    const wanted = evolveLive(running, { type: 'LiveGoalSet', data });
    expect(wanted).toMatchObject({ status: 'running', goal });
    expect(setGoal({ ...of, goal }, wanted)).toEqual({ refused: false, events: [] });
    const none = { ...data, title: '', coins: 0 };
    expect(setGoal({ ...of, goal: null }, wanted)).toEqual({
      refused: false,
      events: [{ type: 'LiveGoalSet', data: none }],
    });
    expect(evolveLive(wanted, { type: 'LiveGoalSet', data: none })).toEqual(running);
    expect(setGoal({ ...of, goal: null }, running)).toEqual({ refused: false, events: [] });
    expect(setGoal({ ...of, goal }, ended)).toMatchObject({ refusal: { refused: 'live_ended' } });
    expect(setGoal({ ...of, goal }, initialLive)).toMatchObject({ refusal: { refused: 'live_unknown' } });
  });

  it('blocks a viewer once, and takes that back', () => {
    const of = { viewer: 'v1', by: 'c1', now: 5_000 };
    const data = { live: 'l1', creator: 'c1', viewer: 'v1', by: 'c1', at: 5_000 };
    expect(blockViewer(of, running)).toEqual({
      refused: false,
      events: [{ type: 'ViewerBlocked', data }],
    });
    const blocked = evolveLive(running, { type: 'ViewerBlocked', data });
    expect(blocked).toMatchObject({ blocked: new Set(['v1']) });
    expect(blockViewer(of, blocked)).toEqual({ refused: false, events: [] });
    expect(unblockViewer(of, blocked)).toEqual({
      refused: false,
      events: [{ type: 'ViewerUnblocked', data }],
    });
    expect(evolveLive(blocked, { type: 'ViewerUnblocked', data })).toEqual(running);
    expect(unblockViewer(of, running)).toEqual({ refused: false, events: [] });
    expect(blockViewer(of, initialLive)).toMatchObject({ refusal: { refused: 'live_unknown' } });
  });

  it('blocks so many and no more', () => {
    const many = new Set(Array.from({ length: maxBlockedPerLive }, (_, i) => `v${i}`));
    if (running.status === 'unknown') throw new Error('the live runs');
    expect(blockViewer({ viewer: 'w', by: 'c1', now: 1 }, { ...running, blocked: many })).toMatchObject({
      refusal: { refused: 'too_many_blocked' },
    });
  });

  it('comes to the same from many events at once as from one after another', () => {
    const of = { live: 'l1', creator: 'c1', by: 'c1', at: 5_000 };
    const block = (viewer: string) => ({ type: 'ViewerBlocked', data: { ...of, viewer } }) as const;
    const events: LiveEvent[] = [
      started,
      block('v1'),
      block('v2'),
      { type: 'LiveGoalSet', data: { ...of, title: 'A hat', coins: 5 } },
      { type: 'ViewerUnblocked', data: { ...of, viewer: 'v1' } },
      block('v3'),
    ];
    for (let n = 0; n <= events.length; n++) {
      const before = events.slice(0, n).reduce(evolveLive, initialLive);
      expect(foldLive(before, events.slice(n))).toEqual(events.reduce(evolveLive, initialLive));
    }
  });
});
