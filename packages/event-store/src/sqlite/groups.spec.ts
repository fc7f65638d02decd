import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { AppendResult, Position } from '../port.ts';
import type { PreparedAppend } from '../validate.ts';
import { Groups } from './groups.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

const anAppend = (events = 1, bytes = 100): PreparedAppend => ({ writes: [], events, bytes });

const answer: AppendResult = { appended: true, position: '1' as Position, revisions: [0] };

const busy = (): Error => Object.assign(new Error('database is locked'), { errcode: 5 });

/** Groups whose commits are kept, and can be made to fail. */
const recorded = () => {
  const sizes: number[] = [];
  const fail: { with: Error | undefined } = { with: undefined };
  const groups = new Groups((group) => {
    if (fail.with) throw fail.with;
    sizes.push(group.length);
    return group.map(() => answer);
  });
  return { groups, sizes, fail };
};

it('commits what comes in one turn together, and a lone append without waiting', async () => {
  const { groups, sizes } = recorded();
  const all = Promise.all([groups.add(anAppend()), groups.add(anAppend()), groups.add(anAppend())]);
  await vi.advanceTimersByTimeAsync(0);
  expect(await all).toEqual([answer, answer, answer]);
  await vi.advanceTimersByTimeAsync(10);
  groups.add(anAppend());
  await vi.advanceTimersByTimeAsync(0);
  groups.add(anAppend());
  await vi.advanceTimersByTimeAsync(0);
  expect(sizes).toEqual([3, 1, 1]);
});

it('gathers until as many wait as before, but for 2 ms after a group of several at most', async () => {
  const { groups, sizes } = recorded();
  for (let place = 0; place < 3; place += 1) groups.add(anAppend());
  await vi.advanceTimersByTimeAsync(0);
  groups.add(anAppend());
  await vi.advanceTimersByTimeAsync(1);
  groups.add(anAppend());
  await vi.advanceTimersByTimeAsync(0);
  expect(sizes).toEqual([3]);
  groups.add(anAppend());
  await vi.advanceTimersByTimeAsync(0);
  expect(sizes).toEqual([3, 3]);
  groups.add(anAppend());
  await vi.advanceTimersByTimeAsync(1);
  groups.add(anAppend());
  expect(sizes).toEqual([3, 3]);
  await vi.advanceTimersByTimeAsync(1);
  expect(sizes).toEqual([3, 3, 2]);
});

it('does not pause in a closed loop, where whoever is answered asks again at once', async () => {
  const { groups, sizes } = recorded();
  const askOn = async (): Promise<void> => {
    for (let turn = 0; turn < 50; turn += 1) await groups.add(anAppend());
  };
  const all = Promise.all(Array.from({ length: 16 }, askOn));
  // A turn of the event loop counts as 1 ms here where it begins within another.
  await vi.advanceTimersByTimeAsync(50);
  await all;
  expect(sizes).toEqual(Array.from({ length: 50 }, () => 16));
});

it('does not gather beyond a full group', async () => {
  const { groups, sizes } = recorded();
  for (let place = 0; place < 5; place += 1) groups.add(anAppend());
  await vi.advanceTimersByTimeAsync(0);
  groups.add(anAppend(1_000));
  await vi.advanceTimersByTimeAsync(0);
  expect(sizes).toEqual([5, 1]);
});

it('bounds a group by events and by bytes, but lets a large append through alone', async () => {
  const { groups, sizes } = recorded();
  for (let place = 0; place < 5; place += 1) groups.add(anAppend(400));
  await vi.advanceTimersByTimeAsync(10);
  for (let place = 0; place < 5; place += 1) groups.add(anAppend(1, 1_500_000));
  await vi.advanceTimersByTimeAsync(10);
  groups.add(anAppend(1_001));
  await vi.advanceTimersByTimeAsync(10);
  expect(sizes).toEqual([2, 2, 1, 2, 2, 1, 1]);
});

it('refuses more than it may hold', async () => {
  const { groups, sizes } = recorded();
  const settled = Promise.allSettled(Array.from({ length: 50_001 }, () => groups.add(anAppend(1, 10))));
  await vi.advanceTimersByTimeAsync(500);
  const refused = (await settled).filter(({ status }) => status === 'rejected');
  expect(refused).toMatchObject([{ reason: { code: 'unavailable' } }]);
  expect(sizes.reduce((sum, size) => sum + size, 0)).toBe(50_000);
  const large = Promise.allSettled(Array.from({ length: 65 }, () => groups.add(anAppend(1, 1024 * 1024))));
  await vi.advanceTimersByTimeAsync(500);
  expect((await large).filter(({ status }) => status === 'rejected')).toHaveLength(1);
});

it('tries again while the log is busy, together with what came meanwhile', async () => {
  const { groups, sizes, fail } = recorded();
  fail.with = busy();
  const first = groups.add(anAppend());
  await vi.advanceTimersByTimeAsync(100);
  const second = groups.add(anAppend());
  fail.with = undefined;
  await vi.advanceTimersByTimeAsync(5);
  expect(await Promise.all([first, second])).toEqual([answer, answer]);
  expect(sizes).toEqual([2]);
});

it('gives up on what has waited for 5 s for a busy log, and on nothing younger', async () => {
  const { groups, fail } = recorded();
  fail.with = busy();
  const old = groups.add(anAppend()).catch((error: unknown) => error);
  await vi.advanceTimersByTimeAsync(4_000);
  const young = groups.add(anAppend());
  await vi.advanceTimersByTimeAsync(1_100);
  expect(await old).toMatchObject({ code: 'unavailable' });
  fail.with = undefined;
  await vi.advanceTimersByTimeAsync(10);
  expect(await young).toEqual(answer);
});

it('tells all of a group what holds for all of it, and goes on', async () => {
  const { groups, fail } = recorded();
  fail.with = new Error('the disk is gone');
  const settled = Promise.allSettled([groups.add(anAppend()), groups.add(anAppend())]);
  await vi.advanceTimersByTimeAsync(0);
  expect(await settled).toMatchObject([{ reason: fail.with }, { reason: fail.with }]);
  fail.with = undefined;
  const next = groups.add(anAppend());
  await vi.advanceTimersByTimeAsync(10);
  expect(await next).toEqual(answer);
});

it('is drained once nothing waits', async () => {
  const { groups, sizes } = recorded();
  await groups.drain();
  const waiting = Array.from({ length: 3 }, () => groups.add(anAppend(600)));
  const drained = groups.drain().then(() => sizes.length);
  await vi.advanceTimersByTimeAsync(10);
  expect(await drained).toBe(3);
  expect(await Promise.all(waiting)).toEqual([answer, answer, answer]);
});

it('takes a busy log when it is told that the log is free, unless it has hardly waited', async () => {
  vi.spyOn(Math, 'random').mockReturnValue(0.9);
  const { groups, sizes, fail } = recorded();
  fail.with = busy();
  groups.add(anAppend());
  await vi.advanceTimersByTimeAsync(0);
  fail.with = undefined;
  groups.nudge();
  expect(sizes).toEqual([]);
  await vi.advanceTimersByTimeAsync(2);
  groups.nudge();
  expect(sizes).toEqual([1]);
  groups.nudge();
  await vi.advanceTimersByTimeAsync(10);
  expect(sizes).toEqual([1]);
});
