import { expect, vi } from 'vitest';
import { append, type Laws, medianMs, newEvents } from './fixtures.ts';

const bounded = { timeout: 5_000, interval: 1 };

/** Far more than a ring takes, far less than looking by and by, which makes up for lost ones. */
const soonMs = 300;

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
    for (let revision = 0; revision < 20; revision += 1) {
      const seen = new Promise<string | undefined>((resolve) => {
        const stop = store.onMore(() => {
          stop();
          resolve(store.head().then((head) => head?.id));
        });
      });
      const events = newEvents(1);
      await append(store, 'a-1', revision === 0 ? 'no_stream' : revision - 1, events);
      expect(await seen).toBe(events[0]?.id);
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
    const listener = vi.fn();
    const other = await open();
    other.onMore(listener);
    const delay = await medianMs(11, async (place) => {
      listener.mockClear();
      await append(store, 'a-1', place === 0 ? 'no_stream' : place - 1, newEvents(1));
      await vi.waitFor(() => expect(listener).toHaveBeenCalled(), bounded);
    });
    expect(delay).toBeLessThan(soonMs);
  },
};
