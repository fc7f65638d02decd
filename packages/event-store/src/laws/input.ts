import { randomUUID } from 'node:crypto';
import { expect } from 'vitest';
import { type EventStore, limits, type NewEvent, type StreamWrite } from '../port.ts';
import {
  append,
  appendAll,
  expectError,
  type Laws,
  newEvent,
  newEvents,
  readWholeLog,
  stored,
  write,
} from './fixtures.ts';

/** Input that is wrong in ways the types allow for, and in ways they don't. */
type Wrong = unknown;

/** Takes a good write with one part of it replaced. */
const refusesAppend = async (
  store: EventStore,
  wrong: { stream?: Wrong; expected?: Wrong; events?: Wrong },
) =>
  expectError(
    store.append([{ ...write('a-1', 'no_stream', newEvents(1)), ...wrong } as StreamWrite]),
    'invalid_input',
  );

export const inputLaws: Laws = {
  'L26: nothing to append is invalid': async ({ store }) => {
    await expectError(store.append([]), 'invalid_input');
    await refusesAppend(store, { events: [] });
    await refusesAppend(store, { events: undefined });
    await expectError(
      store.append([write('a-1', 'no_stream', newEvents(1)), write('a-2', 'no_stream', [])]),
      'invalid_input',
    );
    expect(await store.head()).toBeUndefined();
  },

  'L27: names and types have 200 and 100 plain characters at most, and a case': async ({ store }) => {
    const odd = ['', ' ', 'a b', '$all', 'ä', 'a/b', 'a\n', 'a{', undefined, null, 7];
    for (const name of [...odd, 'x'.repeat(201)]) {
      await refusesAppend(store, { stream: name });
      await expectError(store.readStream(name as string, { limit: 1 }), 'invalid_input');
      await expectError(store.readAll({ limit: 1, prefixes: [name as string] }), 'invalid_input');
    }
    for (const type of [...odd, 'x'.repeat(101)])
      await refusesAppend(store, { events: [{ ...newEvent(), type }] });
    const longest = newEvent({}, 'T'.repeat(100));
    const longName = randomUUID().padEnd(200, 'x');
    await append(store, longName, 'no_stream', [longest]);
    const plain = newEvent({}, 'Az09_.:-');
    await append(store, 'Az09_.:-', 'no_stream', [plain]);
    const cased = newEvent();
    await append(store, 'az09_.:-', 'no_stream', [cased]);
    expect(await readWholeLog(store)).toEqual([
      ...stored(longName, 0, [longest]),
      ...stored('Az09_.:-', 0, [plain]),
      ...stored('az09_.:-', 0, [cased]),
    ]);
  },

  'a stream is named once in an append, and expected at a revision or not at all': async ({ store }) => {
    const twice = [write('a-1', 'no_stream', newEvents(1)), write('a-1', 0, newEvents(1))];
    await expectError(store.append(twice), 'invalid_input');
    for (const expected of [-1, 0.5, Number.NaN, 2 ** 53, 'any', '0', undefined, null, 0n]) {
      await refusesAppend(store, { expected });
    }
  },

  'L28: ids are UUIDs, kept in lower case': async ({ store }) => {
    for (const id of ['', 'x', 'a'.repeat(36), '0197f5b2-7c00-7000-8000-00000000000', undefined, 7, null]) {
      await refusesAppend(store, { events: [{ ...newEvent(), id }] });
    }
    const id = '0197F5B2-7C00-7ABC-8DEF-000000000001';
    await append(store, 'a-1', 'no_stream', [{ ...newEvent(), id }]);
    expect((await store.head())?.id).toBe(id.toLowerCase());
  },

  'L29: data comes back as it went in, and what JSON can’t carry is invalid': async ({ store }) => {
    const good: NewEvent[] = [
      {},
      { nothing: null, yes: true, no: false, empty: '', list: [1, [2, { three: 3 }]], '': 0 },
      { most: Number.MAX_SAFE_INTEGER, least: Number.MIN_SAFE_INTEGER, small: 1e-7, half: -0.5 },
      { text: 'ä 🎁 \u0000 \u2028 \ud800 " \\ \n', 'odd "key" \n': 'value' },
      Object.assign(Object.create(null), { plain: 'too' }),
    ].map((data) => newEvent(data));
    await append(store, 'a-1', 'no_stream', good);
    expect((await readWholeLog(store)).map(({ data }) => data)).toEqual(
      good.map(({ data }) => ({ ...data })),
    );
    const round: Record<string, unknown> = {};
    round.self = round;
    const values: Wrong[] = [undefined, Number.NaN, 1 / 0, -1 / 0, 1n, 2 ** 53, 1e300, Symbol('s'), () => 1];
    const things: Wrong[] = [new Date(), new Map(), new Uint8Array(1), round, new (class Thing {})()];
    for (const value of [...values, ...things]) {
      await refusesAppend(store, { events: [{ ...newEvent(), data: { value } }] });
      await refusesAppend(store, { events: [{ ...newEvent(), data: { deep: { list: [1, value] } } }] });
      await refusesAppend(store, { events: [{ ...newEvent(), data: value }] });
    }
    for (const data of [null, [], 'text', 7, true])
      await refusesAppend(store, { events: [{ ...newEvent(), data }] });
    const holes: unknown[] = [];
    holes[1] = 'one';
    await refusesAppend(store, { events: [newEvent({ holes })] });
  },

  'L30: what is too large is refused before anything is written': async ({ store }) => {
    const sized = (bytes: number): NewEvent => newEvent({ x: 'x'.repeat(bytes - '{"x":""}'.length) });
    const tooLarge = (writes: StreamWrite[]) => expectError(store.append(writes), 'too_large');
    await tooLarge([write('a-1', 'no_stream', [sized(limits.maxEventBytes + 1)])]);
    await tooLarge([write('a-1', 'no_stream', [newEvent({ x: 'ä'.repeat(limits.maxEventBytes / 2) })])]);
    await tooLarge([write('a-1', 'no_stream', newEvents(limits.maxAppendEvents + 1))]);
    const quarter = Math.ceil(limits.maxAppendBytes / 4) + 1;
    await tooLarge([0, 1, 2, 3].map((place) => write(`a-${place}`, 'no_stream', [sized(quarter)])));
    const streams = Array.from({ length: limits.maxAppendStreams + 1 }, (_, place) => `a-${place}`);
    await tooLarge(streams.map((stream) => write(stream, 'no_stream', newEvents(1))));
    expect(await store.head()).toBeUndefined();
    await append(store, 'a-1', 'no_stream', [sized(limits.maxEventBytes), sized(limits.maxEventBytes)]);
    await append(store, 'a-2', 'no_stream', newEvents(limits.maxAppendEvents));
    const most = streams.slice(1).map((stream) => write(`b-${stream}`, 'no_stream', newEvents(1)));
    await appendAll(store, most);
  },

  'reads have limits, and positions are digits': async ({ store }) => {
    for (const limit of [0, -1, 0.5, Number.NaN, limits.maxReadEvents + 1, undefined]) {
      await expectError(store.readStream('a-1', { limit: limit as number }), 'invalid_input');
      await expectError(store.readAll({ limit: limit as number }), 'invalid_input');
    }
    for (const from of [-1, 0.5, Number.NaN]) {
      await expectError(store.readStream('a-1', { from, limit: 1 }), 'invalid_input');
    }
    await expectError(store.readStream('a-1', { limit: 1, direction: 'up' as never }), 'invalid_input');
    await expectError(store.readAll({ limit: 1, prefixes: [] }), 'invalid_input');
    for (const position of ['', '-1', '01', 'x', '1.5', ' 1']) {
      await expectError(store.readAll({ limit: 1, after: position as never }), 'invalid_input');
      await expectError(store.eventAt(position as never), 'invalid_input');
    }
  },
};
