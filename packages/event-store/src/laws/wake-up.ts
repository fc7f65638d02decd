import { expect, vi } from 'vitest';
import { append, type Laws, newEvents } from './fixtures.ts';

const bounded = { timeout: 20_000, interval: 1 };

export const wakeUpLaws: Laws = {
  'listeners are called soon after an append, until they stop': async ({ store }) => {
    const [one, two] = [vi.fn(), vi.fn()];
    const stop = store.onMore(one);
    store.onMore(two);
    await append(store, 'a-1', 'no_stream', newEvents(1));
    await vi.waitFor(() => expect(one).toHaveBeenCalled(), bounded);
    await vi.waitFor(() => expect(two).toHaveBeenCalled(), bounded);
    stop();
    one.mockClear();
    two.mockClear();
    await append(store, 'a-1', 0, newEvents(1));
    await vi.waitFor(() => expect(two).toHaveBeenCalled(), bounded);
    expect(one).not.toHaveBeenCalled();
  },

  'a listener that is called reads what it was called for': async ({ store }) => {
    const heads = new Set<string | undefined>();
    const look = (): Promise<unknown> => store.head().then((head) => heads.add(head?.id));
    // The last look may come to a closed store.
    store.onMore(() => void look().catch(() => {}));
    for (let revision = 0; revision < 20; revision += 1) {
      const [event] = newEvents(1);
      await append(store, 'a-1', revision === 0 ? 'no_stream' : revision - 1, event ? [event] : []);
      await vi.waitFor(() => expect(heads).toContain(event?.id), bounded);
    }
  },

  'a listener that throws harms nobody': async ({ store }) => {
    const warned = vi.spyOn(process, 'emitWarning').mockImplementation(() => {});
    try {
      const other = vi.fn();
      store.onMore(() => {
        throw new Error('a defect');
      });
      store.onMore(other);
      await append(store, 'a-1', 'no_stream', newEvents(1));
      await vi.waitFor(() => expect(other).toHaveBeenCalled(), bounded);
      await append(store, 'a-1', 0, newEvents(1));
      expect(warned).toHaveBeenCalled();
    } finally {
      warned.mockRestore();
    }
  },
};

/** Where several connections may be open. */
export const wakeUpAcrossLaws: Laws = {
  'listeners of every connection are called, whichever appended': async ({ store, open }) => {
    const listeners = [vi.fn(), vi.fn()];
    for (const listener of listeners) (await open()).onMore(listener);
    for (let revision = 0; revision < 11; revision += 1) {
      for (const listener of listeners) listener.mockClear();
      await append(store, 'a-1', revision === 0 ? 'no_stream' : revision - 1, newEvents(1));
      for (const listener of listeners) await vi.waitFor(() => expect(listener).toHaveBeenCalled(), bounded);
    }
  },
};
