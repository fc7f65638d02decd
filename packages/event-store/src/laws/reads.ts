import { expect } from 'vitest';
import { comparePositions, type LogPage, limits, type Position, type StoredEvent } from '../port.ts';
import { append, type Laws, newEvent, newEvents, readWholeLog, stored } from './fixtures.ts';

/** A page ends soon after it has become too large, not at once. */
const maxSlack = 1.7;

/** How many events of the log are up to a position. */
const placeOf = (log: readonly StoredEvent[], position: Position | undefined): number =>
  position === undefined ? 0 : log.findIndex((event) => event.position === position) + 1;

export const readLaws: Laws = {
  'L9: the log is in the order of commits, and a batch is in one piece': async ({ store }) => {
    const batches = Array.from({ length: 12 }, () => newEvents(3));
    for (const [place, events] of batches.entries()) {
      const revision = Math.floor(place / 4) * 3 - 1;
      await append(store, `a-${place % 4}`, revision < 0 ? 'no_stream' : revision, events);
    }
    const log = await readWholeLog(store);
    expect(log).toEqual(
      batches.flatMap((events, place) => stored(`a-${place % 4}`, Math.floor(place / 4) * 3, events)),
    );
    for (const [place, event] of log.slice(1).entries()) {
      expect(comparePositions(log[place]?.position ?? event.position, event.position)).toBeLessThan(0);
    }
  },

  'L14: a stream is read from a revision on, inclusive, forwards and backwards, as many as asked for':
    async ({ store }) => {
      const events = newEvents(6);
      await append(store, 'a-1', 'no_stream', events);
      const page = (from: number, to: number) => ({
        exists: true,
        last: 5,
        events: stored('a-1', from, events.slice(from, to)),
      });
      expect(await store.readStream('a-1', { limit: 10 })).toEqual(page(0, 6));
      expect(await store.readStream('a-1', { limit: 2 })).toEqual(page(0, 2));
      expect(await store.readStream('a-1', { from: 4, limit: 1 })).toEqual(page(4, 5));
      expect(await store.readStream('a-1', { from: 4, limit: 10, direction: 'forwards' })).toEqual(
        page(4, 6),
      );
      expect(await store.readStream('a-1', { from: 6, limit: 10 })).toEqual(page(6, 6));
      expect(await store.readStream('a-1', { from: 99, limit: 10 })).toEqual(page(6, 6));
      const backwards = (from: number, to: number) => ({
        ...page(from, to),
        events: page(from, to).events.reverse(),
      });
      expect(await store.readStream('a-1', { limit: 2, direction: 'backwards' })).toEqual(backwards(4, 6));
      expect(await store.readStream('a-1', { from: 2, limit: 9, direction: 'backwards' })).toEqual(
        backwards(0, 3),
      );
      expect(await store.readStream('a-1', { from: 0, limit: 9, direction: 'backwards' })).toEqual(
        backwards(0, 1),
      );
      expect(await store.readStream('a-1', { from: 99, limit: 1, direction: 'backwards' })).toEqual(
        backwards(5, 6),
      );
    },

  'L15: a stream that is not there is said to be missing': async ({ store }) => {
    await append(store, 'a-1', 'no_stream', newEvents(1));
    expect(await store.readStream('a-2', { limit: 1 })).toEqual({ exists: false });
    expect(await store.readStream('A-1', { limit: 1, direction: 'backwards' })).toEqual({ exists: false });
  },

  'L16: the log is read after a position, exclusive, and says how far it was looked at': async ({
    store,
  }) => {
    expect(await store.readAll({ limit: 5 })).toEqual({ events: [], upTo: undefined, atHead: true });
    await append(store, 'a-1', 'no_stream', newEvents(5));
    const log = await readWholeLog(store);
    const positions = log.map(({ position }) => position);
    expect(await store.readAll({ limit: 3 })).toEqual({
      events: log.slice(0, 3),
      upTo: positions[2],
      atHead: false,
    });
    for (const limit of [2, 3]) {
      expect(await store.readAll({ after: positions[2], limit })).toEqual({
        events: log.slice(3),
        upTo: positions[4],
        atHead: true,
      });
    }
    const end = { events: [], upTo: positions[4], atHead: true };
    expect(await store.readAll({ after: positions[4], limit: 3 })).toEqual(end);
    expect(await readWholeLog(store, 1)).toEqual(log);
  },

  'L20: prefixes choose streams by the beginning of their names, case-sensitive': async ({ store }) => {
    const streams = [
      'live-1',
      'wallet-1',
      'lives',
      'Live-1',
      'rates',
      'live-',
      'wallet-Z',
      'wallet.1',
      'live-z',
    ];
    for (const stream of streams) await append(store, stream, 'no_stream', newEvents(3));
    const log = await readWholeLog(store);
    const cases = [
      ['live-'],
      ['live'],
      ['wallet-', 'rates'],
      ['Live-1'],
      ['x'],
      ['wallet-1', 'wallet-'],
      ['l', 'z'],
    ];
    for (const prefixes of cases) {
      const matching = log.filter(({ stream }) => prefixes.some((prefix) => stream.startsWith(prefix)));
      for (const limit of [1, 4, 1_000]) expect(await readWholeLog(store, limit, prefixes)).toEqual(matching);
    }
  },

  'L19: a filtered read says how far it has looked, also where nothing matched, and gets to the head':
    async ({ store }) => {
      for (const stream of ['a-1', 'b-1', 'a-2', 'b-2'])
        await append(store, stream, 'no_stream', newEvents(8));
      const log = await readWholeLog(store);
      for (const prefixes of [['x'], ['a-'], ['a-', 'b-2']]) {
        let page: LogPage = { events: [], upTo: undefined, atHead: false };
        for (let pages = 0; !page.atHead; pages += 1) {
          expect(pages).toBeLessThan(log.length);
          const { upTo: after } = page;
          page = await store.readAll({ after, limit: 5, prefixes });
          const [from, to] = [placeOf(log, after), placeOf(log, page.upTo)];
          expect(to).toBeGreaterThan(from);
          expect(page).toEqual({
            events: log
              .slice(from, to)
              .filter(({ stream }) => prefixes.some((prefix) => stream.startsWith(prefix))),
            upTo: log[to - 1]?.position,
            atHead: to === log.length,
          });
        }
      }
    },

  'a page of large events ends early, and goes on where it ended': async ({ store }) => {
    const large = 'x'.repeat(200 * 1024);
    const count = Math.ceil(limits.maxPageBytes / large.length) + 60;
    for (let at = 0; at < count; at += 4) {
      const events = Array.from({ length: 4 }, (_, place) => newEvent({ large, place: at + place }));
      await append(store, 'a-1', at === 0 ? 'no_stream' : at - 1, events);
    }
    const places: unknown[] = [];
    let pages = 0;
    for (let page: LogPage | undefined; !page?.atHead; pages += 1) {
      page = await store.readAll({ after: page?.upTo, limit: limits.maxReadEvents });
      expect(page.upTo).toBe(page.events.at(-1)?.position);
      expect(page.events.length * large.length).toBeLessThan(maxSlack * limits.maxPageBytes);
      places.push(...page.events.map(({ data }) => data.place));
    }
    expect(pages).toBeGreaterThan(1);
    expect(places).toEqual(Array.from({ length: Math.ceil(count / 4) * 4 }, (_, place) => place));
  },

  'the head is the last event, and an event is known by its position': async ({ store }) => {
    expect(await store.head()).toBeUndefined();
    expect(await store.eventAt('1' as Position)).toBeUndefined();
    await append(store, 'a-1', 'no_stream', newEvents(3));
    await append(store, 'a-2', 'no_stream', newEvents(1));
    const log = await readWholeLog(store);
    expect(await store.head()).toEqual({
      position: log[3]?.position,
      id: log[3]?.id,
      created: log[3]?.created,
    });
    for (const { position, id } of log) expect(await store.eventAt(position)).toBe(id);
    expect(await store.eventAt('99999999999999999999' as Position)).toBeUndefined();
    expect(await store.eventAt('0' as Position)).toBeUndefined();
  },
};
