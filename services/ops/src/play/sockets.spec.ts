import { describe, expect, it } from 'vitest';
import { CommandError } from '../outcome.ts';
import { createSockets, type ViewerSocket } from './sockets.ts';

/** Sockets that open and close at once, counted. */
const count = (most: number) => {
  const seen = { open: 0, mostOpen: 0, opened: [] as number[], closed: [] as number[] };
  const sockets = createSockets(async (viewer) => {
    seen.opened.push(viewer);
    seen.open += 1;
    seen.mostOpen = Math.max(seen.mostOpen, seen.open);
    const close = async (): Promise<void> => {
      seen.open -= 1;
      seen.closed.push(viewer);
    };
    return { close } as ViewerSocket;
  }, most);
  const use = async (viewer: number, last = false): Promise<void> => {
    await sockets.take(viewer);
    sockets.giveBack(viewer, last);
  };
  return { seen, sockets, use };
};

describe('sockets of viewers', () => {
  it('opens one per viewer, and closes it with its last frame', async () => {
    const { seen, sockets, use } = count(10);
    await Promise.all([use(1), use(1), use(2)]);
    expect(seen.opened).toEqual([1, 2]);
    await use(1, true);
    await sockets.close();
    expect(seen.closed.sort()).toEqual([1, 2]);
    expect(seen.opened).toEqual([1, 2]);
  });

  it('never has more open than it may: the one longest without work lends its place', async () => {
    const { seen, sockets, use } = count(3);
    for (const viewer of [1, 2, 3, 1, 4, 5, 1]) await use(viewer);
    expect(seen.mostOpen).toBe(3);
    expect(seen.closed).toEqual([2, 3]);
    await use(2);
    expect(seen.opened).toEqual([1, 2, 3, 4, 5, 2]);
    await sockets.close();
    expect(seen.open).toBe(0);
  });

  it('keeps those that have work', async () => {
    const { sockets } = count(2);
    await Promise.all([sockets.take(1), sockets.take(2)]);
    await expect(async () => sockets.take(3)).rejects.toThrow(CommandError);
    sockets.giveBack(1, false);
    await sockets.take(3);
  });

  it('hands on that no socket could be opened', async () => {
    const sockets = createSockets(async () => {
      throw new CommandError('nobody is in');
    });
    await expect(sockets.take(1)).rejects.toThrow('nobody is in');
    sockets.giveBack(1, true);
    await sockets.close();
  });
});
