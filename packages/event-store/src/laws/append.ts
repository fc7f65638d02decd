import { expect } from 'vitest';
import { type AppendResult, comparePositions, type EventStore, type StreamWrite } from '../port.ts';
import {
  anyPosition,
  append,
  appended,
  conflict,
  type Laws,
  newEvent,
  newEvents,
  positionOf,
  readWholeLog,
  readWholeStream,
  stored,
  write,
} from './fixtures.ts';

/** Some stores keep whole seconds. */
const createdToleranceMs = 1_000;

const proveAgain = async (
  store: EventStore,
  writes: readonly StreamWrite[],
  first: AppendResult | undefined,
): Promise<void> => {
  const again = await store.append(writes);
  expect(again).toEqual({ ...first, position: anyPosition });
  const before = positionOf(first as AppendResult);
  expect(comparePositions(positionOf(again), before)).toBeGreaterThanOrEqual(0);
  const head = await store.head();
  expect(comparePositions(positionOf(again), head?.position ?? before)).toBeLessThanOrEqual(0);
};

export const appendLaws: Laws = {
  'L1: revisions are gapless, in the given order': async ({ store }) => {
    const first = newEvents(3);
    const second = newEvents(2);
    expect(await store.append([write('a-1', 'no_stream', first)])).toEqual(appended(2));
    expect(await store.append([write('a-1', 2, second)])).toEqual(appended(4));
    expect(await readWholeStream(store, 'a-1')).toEqual(stored('a-1', 0, [...first, ...second]));
  },

  'L1: long streams too, read in any piece': async ({ store }) => {
    const events = newEvents(130);
    await append(store, 'a-other', 'no_stream', newEvents(1));
    for (let at = 0; at < events.length; at += 7) {
      await append(store, 'a-1', at === 0 ? 'no_stream' : at - 1, events.slice(at, at + 7));
      await append(store, 'a-other', at / 7, newEvents(1));
    }
    for (const from of [0, 1, 30, 31, 32, 33, 63, 64, 100, 128, 129, 130]) {
      for (const limit of [1, 2, 31, 32, 33, 200]) {
        expect(await store.readStream('a-1', { from, limit })).toEqual({
          exists: true,
          last: 129,
          events: stored('a-1', from, events.slice(from, from + limit)),
        });
        const low = Math.max(0, Math.min(from, 129) - limit + 1);
        expect(await store.readStream('a-1', { from, limit, direction: 'backwards' })).toEqual({
          exists: true,
          last: 129,
          events: stored('a-1', low, events.slice(low, from + 1)).reverse(),
        });
      }
    }
  },

  'L3: an append that expects wrongly is a conflict that says how the stream is, and writes nothing': async ({
    store,
  }) => {
    const events = newEvents(3);
    await append(store, 'a-1', 'no_stream', events);
    for (const expected of ['no_stream', 0, 1, 3, 7] as const) {
      expect(await store.append([write('a-1', expected, newEvents(1))])).toEqual(
        conflict(['a-1', expected, 2]),
      );
    }
    expect(await store.append([write('a-2', 0, newEvents(1))])).toEqual(conflict(['a-2', 0, 'no_stream']));
    expect(await readWholeLog(store)).toEqual(stored('a-1', 0, events));
    expect(await store.readStream('a-2', { limit: 1 })).toEqual({ exists: false });
  },

  'L4: the same append again is answered as the first time, at the same place or later, and writes nothing':
    async ({ store }) => {
      const first = [write('a-1', 'no_stream', newEvents(2))];
      const second = [write('a-1', 1, newEvents(3))];
      const answers = [await store.append(first), await store.append(second)];
      for (const again of [1, 2]) {
        for (const [place, writes] of [first, second].entries()) {
          await proveAgain(store, writes, answers[place]);
        }
        await append(store, 'a-1', 3 + again, newEvents(1));
      }
      const log = await readWholeLog(store);
      expect(log.map(({ revision }) => revision)).toEqual([0, 1, 2, 3, 4, 5, 6]);
    },

  'L4: upper case in a repeated id makes no difference': async ({ store }) => {
    const event = newEvent();
    await append(store, 'a-1', 'no_stream', [event]);
    const shouted = { ...event, id: event.id.toUpperCase() };
    expect(await store.append([write('a-1', 'no_stream', [shouted])])).toEqual(appended(0));
    expect(await readWholeLog(store)).toEqual(stored('a-1', 0, [event]));
  },

  'L5: the beginning of an old batch is a repetition, anything else that overlaps it a conflict': async ({
    store,
  }) => {
    const [a, b, c] = newEvents(3) as [never, never, never];
    await append(store, 'a-1', 'no_stream', [a, b, c]);
    expect(await store.append([write('a-1', 'no_stream', [a, b])])).toEqual(appended(1));
    expect(await store.append([write('a-1', 0, [b])])).toEqual(appended(1));
    expect(await store.append([write('a-1', 0, [b, c])])).toEqual(appended(2));
    expect(await store.append([write('a-1', 1, [c])])).toEqual(appended(2));
    const altered = [
      [a, b, c, newEvent()],
      [newEvent(), b, c],
      [a, newEvent()],
      [b, a, c],
    ];
    for (const events of altered) {
      expect(await store.append([write('a-1', 'no_stream', events)])).toEqual(
        conflict(['a-1', 'no_stream', 2]),
      );
    }
    expect(await store.append([write('a-1', 0, [b, a])])).toEqual(conflict(['a-1', 0, 2]));
    expect(await store.append([write('a-1', 1, [b])])).toEqual(conflict(['a-1', 1, 2]));
    expect(await readWholeLog(store)).toEqual(stored('a-1', 0, [a, b, c]));
  },

  'L7: an id is one place’s name only, and may come again elsewhere': async ({ store }) => {
    const event = newEvent();
    await append(store, 'a-1', 'no_stream', [event, event]);
    await append(store, 'a-1', 1, [event]);
    await append(store, 'a-2', 'no_stream', [event]);
    expect(await readWholeLog(store)).toEqual([
      ...stored('a-1', 0, [event, event, event]),
      ...stored('a-2', 0, [event]),
    ]);
  },

  'L8: of appends at once with the same expectation exactly one wins': async ({ store }) => {
    const batches = Array.from({ length: 20 }, () => newEvents(2));
    const results = await Promise.all(
      batches.map((events) => store.append([write('a-1', 'no_stream', events)])),
    );
    expect(results.filter(({ appended }) => appended)).toHaveLength(1);
    expect(results.filter(({ appended }) => !appended)).toEqual(
      Array.from({ length: 19 }, () => conflict(['a-1', 'no_stream', 1])),
    );
    expect(results.find(({ appended }) => appended)).toEqual(appended(1));
    const winner = batches[results.findIndex(({ appended }) => appended)] ?? [];
    expect(await readWholeLog(store)).toEqual(stored('a-1', 0, winner));
  },

  'L8: appends at once that build on each other are decided in the order of their arrival': async ({
    store,
  }) => {
    const [a, b, c] = newEvents(3) as [never, never, never];
    const results = await Promise.all([
      store.append([write('a-1', 'no_stream', [a])]),
      store.append([write('a-1', 0, [b])]),
      store.append([write('a-1', 0, [c])]),
      store.append([write('a-1', 0, [b])]),
      store.append([write('a-1', 1, [c])]),
    ]);
    expect(results).toEqual([appended(0), appended(1), conflict(['a-1', 0, 1]), appended(1), appended(2)]);
    expect(await readWholeLog(store)).toEqual(stored('a-1', 0, [a, b, c]));
  },

  'L10, L11: an answered position covers the append, and that of a later one is higher': async ({
    store,
  }) => {
    const one = await append(store, 'a-1', 'no_stream', newEvents(2));
    const two = await append(store, 'a-2', 'no_stream', newEvents(1));
    const three = await append(store, 'a-1', 1, newEvents(1));
    expect(comparePositions(one, two)).toBeLessThan(0);
    expect(comparePositions(two, three)).toBeLessThan(0);
    const log = await readWholeLog(store);
    const lasts = [log[1], log[2], log[3]].map((event) => event?.position ?? ('' as never));
    for (const [place, answered] of [one, two, three].entries()) {
      expect(comparePositions(answered, lasts[place] as never)).toBeGreaterThanOrEqual(0);
    }
  },

  'L33: created is the time of the append': async ({ store }) => {
    const before = Date.now();
    await append(store, 'a-1', 'no_stream', newEvents(1));
    const [event] = await readWholeLog(store);
    expect(event?.created).toBeGreaterThanOrEqual(before - createdToleranceMs);
    expect(event?.created).toBeLessThanOrEqual(Date.now() + createdToleranceMs);
    expect((await store.head())?.created).toBe(event?.created);
    expect(await store.readStream('a-1', { limit: 1 })).toEqual({ exists: true, last: 0, events: [event] });
  },
};
