import { expect } from 'vitest';
import {
  append,
  appended,
  conflict,
  type Laws,
  newEvents,
  readWholeLog,
  readWholeStream,
  stored,
  write,
} from './fixtures.ts';

/** One append to several streams: all or nothing. */
export const severalStreamsLaws: Laws = {
  'writes to all streams, with a revision for each': async ({ store }) => {
    await append(store, 'a-1', 'no_stream', newEvents(3));
    const [a, b, c] = [newEvents(1), newEvents(2), newEvents(3)];
    const writes = [write('a-1', 2, a), write('a-2', 'no_stream', b), write('a-3', 'no_stream', c)];
    expect(await store.append(writes)).toEqual(appended(3, 1, 2));
    expect((await readWholeLog(store)).slice(3)).toEqual([
      ...stored('a-1', 3, a),
      ...stored('a-2', 0, b),
      ...stored('a-3', 0, c),
    ]);
  },

  'writes to none where one is not as expected, and names every one that is not': async ({ store }) => {
    const old = newEvents(2);
    await append(store, 'a-1', 'no_stream', old);
    const writes = [
      write('a-0', 'no_stream', newEvents(1)),
      write('a-1', 'no_stream', newEvents(1)),
      write('a-2', 5, newEvents(1)),
      write('a-3', 'no_stream', newEvents(1)),
    ];
    expect(await store.append(writes)).toEqual(conflict(['a-1', 'no_stream', 1], ['a-2', 5, 'no_stream']));
    expect(await readWholeLog(store)).toEqual(stored('a-1', 0, old));
  },

  'L4: is answered again as the first time, also after later writes': async ({ store }) => {
    const writes = [write('a-1', 'no_stream', newEvents(2)), write('a-2', 'no_stream', newEvents(1))];
    await store.append(writes);
    await append(store, 'a-2', 0, newEvents(4));
    expect(await store.append(writes)).toEqual(appended(1, 0));
    // In another order it is still the same.
    expect(await store.append(writes.toReversed())).toEqual(appended(0, 1));
    expect(await readWholeLog(store)).toHaveLength(7);
  },

  'a mix of what was written and what was not is a conflict, and writes nothing': async ({ store }) => {
    const written = newEvents(2);
    await append(store, 'a-1', 'no_stream', written);
    const writes = [write('a-2', 'no_stream', newEvents(1)), write('a-1', 'no_stream', written)];
    expect(await store.append(writes)).toEqual(conflict(['a-1', 'no_stream', 1]));
    await append(store, 'a-2', 'no_stream', newEvents(1));
    expect(await store.append(writes)).toEqual(conflict(['a-2', 'no_stream', 0], ['a-1', 'no_stream', 1]));
    expect(await readWholeLog(store)).toHaveLength(3);
  },

  'a conflict leaves the appends beside it alone': async ({ store }) => {
    const events = Array.from({ length: 30 }, () => newEvents(2));
    const results = await Promise.all(
      events.map((own, place) =>
        store.append([
          write(`a-${place}`, 'no_stream', own),
          write('b-1', place % 3 === 0 ? 7 : place === 1 ? 'no_stream' : 0, newEvents(1)),
        ]),
      ),
    );
    // The second of them makes b-1, the third goes on from there, and all others expect it elsewhere.
    expect(results).toEqual([
      conflict(['b-1', 7, 'no_stream']),
      appended(1, 0),
      appended(1, 1),
      ...events.slice(3).map((_, place) => conflict(['b-1', place % 3 === 0 ? 7 : 0, 1])),
    ]);
    for (const [place, own] of events.entries()) {
      const written = place === 1 || place === 2 ? stored(`a-${place}`, 0, own) : [];
      expect(await readWholeStream(store, `a-${place}`)).toEqual(written);
    }
  },
};
