import { id } from '@carat/protocol';
import { describe, expect, it } from 'vitest';
import type { ReadLog } from '../logs/read.ts';
import { liveIdOf, planRun } from './plan.ts';

const log: ReadLog = {
  header: {
    giftLog: 1,
    live: 'a live!',
    creator: 'creator',
    startedAt: '2026-01-01T20:00:00Z',
    source: 'written by hand',
    gifts: [
      { id: "I'm Ready@1", name: "I'm Ready", coins: 1, streakable: true },
      { id: 'castle', name: 'Castle', coins: 500, streakable: false },
    ],
  },
  frames: [
    { t: 0, viewer: 'ann', gift: "I'm Ready@1", combo: '1', count: 2 },
    { t: 5, viewer: 'bob', gift: 'castle', combo: '1', count: 1 },
    { t: 3, viewer: 'ann', gift: "I'm Ready@1", combo: '1', count: 1 },
    { t: 9, viewer: 'ann', gift: 'castle', combo: '1', count: 1 },
    { t: 9, viewer: 'ann', gift: "I'm Ready@1", combo: '1', count: 7 },
    { t: 9, viewer: 'ann', gift: 'castle', combo: '1', count: 1 },
  ],
};

describe('laying a log out as a run', () => {
  const plan = planRun(log, 'run1');

  it('grants every viewer what its part of the log implies, no more', () => {
    expect(plan.viewers).toEqual([
      { id: 'ann', coins: 507, frames: 5 },
      { id: 'bob', coins: 500, frames: 1 },
    ]);
    expect(plan.implied).toMatchObject({ coins: 1007, gifts: 9, viewers: 2, combos: 3 });
  });

  it('keeps the order of the frames, and tells combos apart by viewer, gift and id', () => {
    expect(plan.frames.map(({ combo, count }) => [combo, count])).toEqual([
      [0, 2],
      [1, 1],
      [0, 1],
      [2, 1],
      [0, 7],
      [2, 1],
    ]);
    expect(plan.combos).toEqual([
      { viewer: 0, gift: 0 },
      { viewer: 1, gift: 1 },
      { viewer: 0, gift: 1 },
    ]);
  });

  it('lists the gifts under ids that Carat takes and no other run has', () => {
    const other = planRun(log, 'run2');
    const ids = [...plan.gifts, ...other.gifts].map((gift) => gift.id);
    expect(new Set(ids).size).toBe(4);
    for (const gift of ids) expect(id.safeParse(gift).success).toBe(true);
    expect(plan.gifts[1]).toMatchObject({ name: 'Castle', coins: 500, streakable: false });
  });

  it('makes ids of lives that still show the log', () => {
    expect(liveIdOf('a live!', 'run1')).toBe('a_live_.run1');
    expect(id.safeParse(liveIdOf('ü'.repeat(300), 'run1')).success).toBe(true);
  });
});
