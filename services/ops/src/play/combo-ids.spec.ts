import { describe, expect, it } from 'vitest';
import { limits } from '../limits.ts';
import { createComboIds } from './combo-ids.ts';

const start = () => {
  let time = 0;
  let made = 0;
  const ids = createComboIds(() => time);
  return {
    later: () => {
      time += limits.newComboAfterMs;
    },
    place: (count: number) => ids.place(0, count, () => `id${++made}`),
    reached: (id: string, count: number) => ids.reached(0, id, count),
  };
};

describe('ids for the combos of a log', () => {
  it('keeps one id while it is young, in whatever order the counts come', () => {
    const { place, reached } = start();
    expect(place(3)).toEqual({ id: 'id1', count: 3 });
    reached('id1', 3);
    expect(place(1)).toEqual({ id: 'id1', count: 1 });
    expect(place(9)).toEqual({ id: 'id1', count: 9 });
  });

  it('goes on under a new id with what is added once the first is too old', () => {
    const { place, reached, later } = start();
    place(3);
    reached('id1', 3);
    later();
    expect(place(5)).toEqual({ id: 'id2', count: 2 });
    reached('id2', 2);
    expect(place(8)).toEqual({ id: 'id2', count: 5 });
    reached('id2', 5);
    later();
    expect(place(9)).toEqual({ id: 'id3', count: 1 });
  });

  it('leaves frames that add nothing with the id that they were booked under', () => {
    const { place, reached, later } = start();
    place(3);
    reached('id1', 3);
    later();
    expect(place(3)).toEqual({ id: 'id1', count: 3 });
    expect(place(2)).toEqual({ id: 'id1', count: 2 });
    expect(place(4)).toEqual({ id: 'id2', count: 1 });
    expect(place(2)).toEqual({ id: 'id1', count: 2 });
  });

  it('begins from nothing where nothing was booked under the old id', () => {
    const { place, later } = start();
    place(3);
    later();
    expect(place(3)).toEqual({ id: 'id2', count: 3 });
  });
});
