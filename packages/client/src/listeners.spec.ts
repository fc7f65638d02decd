import { expect, it, vi } from 'vitest';
import { Listeners } from './listeners.ts';

it('tells all who listen, also where one of them throws, which is raised on its own', () => {
  const later = vi.spyOn(globalThis, 'queueMicrotask').mockImplementation(() => undefined);
  const listeners = new Listeners<{ tick: number }>();
  const [first, last] = [vi.fn(() => unlisten()), vi.fn()];
  const unlisten = listeners.on('tick', first);
  const fault = new Error('from a callback');
  listeners.on('tick', (tick) => {
    if (tick === 1) throw fault;
  });
  listeners.on('tick', last);
  listeners.tell('tick', 1);
  listeners.tell('tick', 2);
  expect([first.mock.calls, last.mock.calls]).toEqual([[[1]], [[1], [2]]]);
  expect(later.mock.calls).toHaveLength(1);
  expect(later.mock.calls[0]?.[0]).toThrow(fault);
  later.mockRestore();
});
