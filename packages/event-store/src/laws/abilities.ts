import { expect } from 'vitest';
import { comparePositions, type EventStore, type LogPage } from '../port.ts';
import {
  append,
  appendAll,
  appended,
  type Capabilities,
  expectError,
  type Laws,
  newEvents,
  positionOf,
  readWholeLog,
  stored,
  write,
} from './fixtures.ts';
import { noReopeningLaws, oneConnectionLaws, reopeningLaws, turnsLaws } from './lifetime.ts';

/** What is true of a store that has an ability, and of one that lacks it. */
type Ability = { readonly has: Laws; readonly lacks: Laws };

/** How far each position of a log of eleven events is from the one before. */
const appendAndStep = async (store: EventStore): Promise<number[]> => {
  for (const [place, count] of [1, 7, 3].entries()) {
    await append(store, `a-${place}`, 'no_stream', newEvents(count));
  }
  const positions = (await readWholeLog(store)).map(({ position }) => BigInt(position));
  return positions.slice(1).map((position, place) => Number(position - (positions[place] ?? 0n)));
};

/** How each of many appends at once compares its answered position with that of its event: 0, or beyond. */
const appendAtOnceAndCompare = async (store: EventStore): Promise<number[]> => {
  const writes = newEvents(64).map((event, place) => write(`a-${place}`, 'no_stream', [event]));
  const results = await Promise.all(writes.map((each) => store.append([each])));
  expect(results).toEqual(writes.map(() => appended(0)));
  const log = await readWholeLog(store);
  const ownOf = new Map(log.map(({ stream, position }) => [stream, position]));
  return results.map((result, place) => {
    const position = positionOf(result);
    return Math.sign(comparePositions(position, ownOf.get(`a-${place}`) ?? position));
  });
};

const createdOfMany = async (store: EventStore): Promise<number[]> => {
  const since = Date.now();
  for (let revision = 0; Date.now() < since + 20; revision += 1) {
    await append(store, 'a-1', revision === 0 ? 'no_stream' : revision - 1, newEvents(1));
  }
  return (await readWholeLog(store)).map(({ created }) => created);
};

/** Pages of a log of 27 events that a filter leaves nothing of. */
const readPastAll = async (store: EventStore): Promise<LogPage[]> => {
  for (const stream of ['a-1', 'a-2', 'b-1']) await append(store, stream, 'no_stream', newEvents(9));
  const pages: LogPage[] = [];
  do {
    const after = pages.at(-1)?.upTo;
    pages.push(await store.readAll({ after, limit: 4, prefixes: ['x'] }));
  } while (pages.at(-1)?.atHead === false);
  return pages;
};

const abilities: Readonly<Record<keyof Capabilities, Ability>> = {
  reopen: { has: reopeningLaws, lacks: noReopeningLaws },
  processes: { has: turnsLaws, lacks: oneConnectionLaws },
  crash: {
    has: {
      'can be crashed': async ({ openCrashing }) => expect(openCrashing).toBeTypeOf('function'),
    },
    lacks: {
      'can’t be crashed': async ({ openCrashing }) => expect(openCrashing).toBeUndefined(),
    },
  },
  gaplessPositions: {
    has: {
      'L9: positions are gapless': async ({ store }) =>
        expect(await appendAndStep(store)).toEqual(Array.from({ length: 10 }, () => 1)),
    },
    lacks: {
      'L9: positions have gaps': async ({ store }) => {
        const steps = await appendAndStep(store);
        expect(steps).toHaveLength(10);
        expect(Math.min(...steps)).toBeGreaterThan(0);
        expect(Math.max(...steps)).toBeGreaterThan(1);
      },
    },
  },
  ownPositions: {
    has: {
      'L10: an append answers the position of its own last event, also a repetition': async ({ store }) => {
        expect(new Set(await appendAtOnceAndCompare(store))).toEqual(new Set([0]));
        const writes = [write('b-1', 'no_stream', newEvents(3)), write('b-2', 'no_stream', newEvents(2))];
        const position = await appendAll(store, writes);
        expect((await store.head())?.position).toBe(position);
        await append(store, 'b-1', 2, newEvents(1));
        expect(await appendAll(store, writes)).toBe(position);
      },
    },
    lacks: {
      'L10: an append answers the position of its group, none below its own event': async ({ store }) =>
        expect(new Set(await appendAtOnceAndCompare(store))).toEqual(new Set([0, 1])),
    },
  },
  milliseconds: {
    has: {
      'L33: created has milliseconds': async ({ store }) =>
        expect((await createdOfMany(store)).some((created) => created % 1_000 !== 0)).toBe(true),
    },
    lacks: {
      'L33: created has whole seconds': async ({ store }) =>
        expect((await createdOfMany(store)).filter((created) => created % 1_000 !== 0)).toEqual([]),
    },
  },
  casesInOneAppend: {
    has: {
      'L27: one append writes to streams that differ in nothing but case': async ({ store }) => {
        const [lower, upper] = [newEvents(2), newEvents(1)];
        await appendAll(store, [write('a-x', 'no_stream', lower), write('a-X', 'no_stream', upper)]);
        expect(await readWholeLog(store)).toEqual([...stored('a-x', 0, lower), ...stored('a-X', 0, upper)]);
      },
    },
    lacks: {
      'L27: streams that differ in nothing but case are invalid in one append': async ({ store }) => {
        const writes = ['a-x', 'a-X'].map((stream) => write(stream, 'no_stream', newEvents(1)));
        await expectError(store.append(writes), 'invalid_input');
        expect(await store.head()).toBeUndefined();
        // Appends of their own they may have, also at once.
        expect(await Promise.all(writes.map((each) => store.append([each])))).toEqual([
          appended(0),
          appended(0),
        ]);
      },
    },
  },
  countsWhatItPasses: {
    has: {
      'L19: a filtered read looks at as many events as it is told to': async ({ store }) => {
        const pages = await readPastAll(store);
        const log = await readWholeLog(store);
        const ends = [3, 7, 11, 15, 19, 23, 26];
        expect(pages).toEqual(
          ends.map((end) => ({ events: [], upTo: log[end]?.position, atHead: end === 26 })),
        );
      },
    },
    lacks: {
      'L19: a filtered read passes over what does not match': async ({ store }) => {
        const pages = await readPastAll(store);
        expect(pages.length).toBeLessThan(7);
        expect(pages.at(-1)).toEqual({
          events: [],
          upTo: (await store.head())?.position,
          atHead: true,
        });
      },
    },
  },
};

/** For every ability, the laws of a store that has it, or of one that lacks it. */
export const abilityLaws = (capabilities: Capabilities): Laws => {
  const names = Object.keys(abilities) as (keyof Capabilities)[];
  return Object.assign({}, ...names.map((name) => abilities[name][capabilities[name] ? 'has' : 'lacks']));
};
