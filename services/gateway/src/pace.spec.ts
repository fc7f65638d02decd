import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { limits } from './limits.ts';
import { keepPace } from './pace.ts';

const speaking = () => {
  const socket = { pause: vi.fn(), resume: vi.fn() };
  const pace = keepPace(socket, () => Date.now());
  const say = (messages: number): void => {
    for (let n = 0; n < messages; n++) pace.count();
  };
  return { socket, pace, say };
};

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

it('lets a second’s worth of messages through at once, then reads no more until they are due', () => {
  const { socket, say } = speaking();
  say(limits.maxMessagesPerSecond);
  expect(socket.pause).not.toHaveBeenCalled();
  say(100);
  expect(socket.pause).toHaveBeenCalledTimes(1);
  vi.advanceTimersByTime(1);
  expect(socket.resume).not.toHaveBeenCalled();
  vi.advanceTimersByTime(limits.maxReadPauseMs);
  expect(socket.resume).toHaveBeenCalledTimes(1);
});

it('never stops a client that keeps to its pace', () => {
  const { socket, say } = speaking();
  for (let second = 0; second < 20; second++) {
    say(limits.maxMessagesPerSecond);
    vi.advanceTimersByTime(1_000);
  }
  expect(socket.pause).not.toHaveBeenCalled();
});

it('is raised for those who speak for many', () => {
  const { socket, pace, say } = speaking();
  pace.raise(10 * limits.maxMessagesPerSecond);
  say(10 * limits.maxMessagesPerSecond);
  expect(socket.pause).not.toHaveBeenCalled();
});
