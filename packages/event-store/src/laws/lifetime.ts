import { nextTick } from 'node:process';
import { expect, vi } from 'vitest';
import type { EventStore } from '../port.ts';
import {
  append,
  appended,
  conflict,
  expectError,
  type Laws,
  newEvents,
  readWholeLog,
  stored,
  write,
} from './fixtures.ts';

export const lifetimeLaws: Laws = {
  'L36: close lets running appends settle, and then nothing is answered any more': async ({ store }) => {
    const listener = vi.fn();
    store.onMore(listener);
    const running = newEvents(40).map((event, place) =>
      store.append([write(`a-${place}`, 'no_stream', [event])]),
    );
    let settled = 0;
    for (const each of running) each.finally(() => (settled += 1));
    const closed = store.close();
    await expectError(store.append([write('b-1', 'no_stream', newEvents(1))]), 'closed');
    await closed;
    // Who waits for an append is told before anything else happens, through however many hands.
    await new Promise<void>((resolve) => nextTick(resolve));
    expect(settled).toBe(running.length);
    const results = await Promise.all(running);
    expect(results).toEqual(results.map(() => appended(0)));
    await store.close();
    listener.mockClear();
    await expectError(store.append([write('b-1', 'no_stream', newEvents(1))]), 'closed');
    await expectError(store.readStream('a-1', { limit: 1 }), 'closed');
    await expectError(store.readAll({ limit: 1 }), 'closed');
    await expectError(store.head(), 'closed');
    await expectError(store.eventAt('1' as never), 'closed');
    expect(() => store.onMore(listener)).toThrow(expect.objectContaining({ code: 'closed' }));
    expect(listener).not.toHaveBeenCalled();
  },
};

export const reopeningLaws: Laws = {
  'L34: what was answered is there when the log is opened again, also for a repetition': async ({
    store,
    open,
  }) => {
    const writes = [write('a-1', 'no_stream', newEvents(3)), write('a-2', 'no_stream', newEvents(1))];
    await store.append(writes);
    const before = await readWholeLog(store);
    const late = store.append([write('a-3', 'no_stream', newEvents(1))]);
    await store.close();
    expect(await late).toEqual(appended(0));
    const again = await open();
    expect((await readWholeLog(again)).slice(0, 4)).toEqual(before);
    expect(await readWholeLog(again)).toHaveLength(5);
    expect(await again.append(writes)).toEqual(appended(2, 0));
    expect(await again.append([write('a-1', 'no_stream', newEvents(1))])).toEqual(
      conflict(['a-1', 'no_stream', 2]),
    );
    const more = newEvents(1);
    await append(again, 'a-1', 2, more);
    expect((await readWholeLog(again)).slice(5)).toEqual(stored('a-1', 3, more));
  },
};

export const noReopeningLaws: Laws = {
  'a log ends with its last connection: opened again, it is empty': async ({ store, open }) => {
    await append(store, 'a-1', 'no_stream', newEvents(1));
    await store.close();
    expect(await (await open()).head()).toBeUndefined();
  },
};

export const turnsLaws: Laws = {
  'L35: connections take turns at one stream, and each knows what the others wrote': async ({
    store,
    open,
  }) => {
    const stores: readonly EventStore[] = [store, await open(), await open()];
    const events = newEvents(30);
    for (const [place, event] of events.entries()) {
      const turn = stores[place % 3] ?? store;
      const other = stores[(place + 1) % 3] ?? store;
      await append(turn, 'a-1', place === 0 ? 'no_stream' : place - 1, [event]);
      expect(await other.append([write('a-1', 'no_stream', newEvents(1))])).toEqual(
        conflict(['a-1', 'no_stream', place]),
      );
    }
    for (const each of stores) expect(await readWholeLog(each)).toEqual(stored('a-1', 0, events));
  },
};

export const oneConnectionLaws: Laws = {
  'a log has one connection at a time: another is refused': async ({ open }) => {
    await expectError(open(), 'unavailable');
  },
};
