import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { append, expectError, newEvent, newEvents, readWholeLog, stored } from '../laws/fixtures.ts';
import { comparePositions, type EventStore, type Position } from '../port.ts';
import { openKurrentStore } from './store.ts';
import { type Double, startDouble } from './testing/double/double.ts';
import type { Failure } from './testing/double/faults.ts';

const patience = { timeout: 20_000, interval: 10 };
const quick = { readMs: 400, minClientAgeMs: 0, maxClientAgeMs: 0 };

let double: Double;
let store: EventStore;

beforeEach(async () => {
  double = await startDouble();
  store = await openKurrentStore(double.url, { limits: quick });
});
afterEach(async () => {
  await store.close();
  await double.stop();
});

/** The places of what is not the server's own. */
const positionAt = (place: number): Position => {
  const own = double.log.records.filter(({ stream }) => !stream.startsWith('$'));
  return String(own[place]?.position) as Position;
};

describe('a read', () => {
  it.each<Failure>(['refuse', 'cut', 'busy', 'not_ready', 'not_leader'])(
    'that meets "%s" once is asked again',
    async (failure) => {
      const events = newEvents(3);
      await append(store, 'a-1', 'no_stream', events);
      double.faults.reads.next({ failure });
      expect(await readWholeLog(store)).toEqual(stored('a-1', 0, events));
      expect(double.faults.reads.calls).toBe(3);
    },
  );

  it('of a server that stays silent is given up in time', async () => {
    double.faults.reads.always({ failure: 'silence' });
    await expectError(store.head(), 'unavailable');
    await expectError(store.readAll({ limit: 1 }), 'unavailable');
    await expectError(store.readStream('a-1', { limit: 1 }), 'unavailable');
    await expectError(store.eventAt('0' as Position), 'unavailable');
    double.faults.clear();
    expect(await store.head()).toBeUndefined();
  });

  it('with a filter is given time while the server answers others', async () => {
    await append(store, 'a-1', 'no_stream', newEvents(3));
    const patient = await openKurrentStore(double.url, { limits: { ...quick, maxScanMs: 1_200 } });
    const gate = Promise.withResolvers<void>();
    // The head is read first, then the page, then the head again and again.
    double.faults.reads.next({ failure: 'late', until: Promise.resolve() });
    double.faults.reads.next({ failure: 'late', until: gate.promise });
    const page = patient.readAll({ limit: 5, prefixes: ['a'] });
    await vi.waitFor(() => expect(double.faults.reads.calls).toBeGreaterThan(4), patience);
    gate.resolve();
    expect((await page).events).toHaveLength(3);
    double.faults.reads.next({ failure: 'late', until: Promise.resolve() });
    double.faults.reads.next({ failure: 'silence' });
    await expectError(patient.readAll({ limit: 5, prefixes: ['a'] }), 'unavailable');
    await patient.close();
  });

  it('fails while the server is away, and goes well when it is back', async () => {
    await append(store, 'a-1', 'no_stream', newEvents(1));
    await double.stop();
    await expect(store.head()).rejects.toThrow(
      `127.0.0.1:${double.port} can't be read: nothing answers there.`,
    );
    await expectError(store.head(), 'unavailable');
    await expectError(store.readStream('a-1', { limit: 1 }), 'unavailable');
    await double.restart();
    await vi.waitFor(async () => expect(await store.head()).toBeDefined(), patience);
    expect(await store.readStream('a-1', { limit: 1 })).toMatchObject({ exists: true, last: 0 });
  });

  it('that is under way as the store closes is given up', async () => {
    double.faults.reads.always({ failure: 'silence' });
    const head = expectError(store.head(), 'closed');
    await vi.waitFor(() => expect(double.faults.reads.calls).toBeGreaterThan(1), patience);
    await store.close();
    await head;
  });
});

describe('the log', () => {
  it('is read in any pages, also ahead, as it is', async () => {
    const log: unknown[] = [];
    for (let place = 0; place < 30; place += 1) {
      const events = newEvents(10);
      await append(store, `${place % 2 ? 'a' : 'b'}-${place}`, 'no_stream', events);
      log.push(...stored(`${place % 2 ? 'a' : 'b'}-${place}`, 0, events));
    }
    for (const limit of [1, 7, 10, 100, 299, 300, 301]) expect(await readWholeLog(store, limit)).toEqual(log);
    const some = log.filter((event) => (event as { stream: string }).stream.startsWith('a'));
    for (const limit of [1, 7, 150, 151]) expect(await readWholeLog(store, limit, ['a'])).toEqual(some);
  });

  it('ends a page that is read ahead where it ends then, not when it was asked for', async () => {
    await append(store, 'a-1', 'no_stream', newEvents(9));
    const first = await store.readAll({ limit: 3 });
    const second = await store.readAll({ after: first.upTo, limit: 3 });
    await append(store, 'a-1', 8, newEvents(1));
    const third = await store.readAll({ after: second.upTo, limit: 3 });
    const last = await store.readAll({ after: third.upTo, limit: 3 });
    expect([third.events.length, third.atHead]).toEqual([3, false]);
    expect([last.events.length, last.atHead]).toEqual([1, true]);
  });

  it('has no place between its events, nor beyond', async () => {
    const events = newEvents(3);
    await append(store, 'a-1', 'no_stream', events);
    const head = (await store.head())?.position as Position;
    const near = (by: bigint) => String(BigInt(head) + by) as Position;
    expect(await store.eventAt(head)).toBe(events[2]?.id);
    for (const by of [-1n, 1n, 1_000_000n]) expect(await store.eventAt(near(by))).toBeUndefined();
    await expectError(store.readAll({ after: near(-1n), limit: 5 }), 'unavailable');
    const beyond = '9'.repeat(20) as Position;
    expect(await store.readAll({ after: beyond, limit: 5 })).toEqual({
      events: [],
      upTo: beyond,
      atHead: true,
    });
  });

  it('says how far a filter has looked, and never further', async () => {
    await append(store, 'a-1', 'no_stream', newEvents(2));
    await append(store, 'b-1', 'no_stream', newEvents(2));
    const page = await store.readAll({ limit: 5, prefixes: ['a'] });
    expect(page).toEqual({
      events: stored('a-1', 0, page.events as never),
      upTo: (await store.head())?.position,
      atHead: true,
    });
    // What comes between the looks at the head and at the page may be in it, or beyond its end.
    double.faults.reads.next({
      failure: 'late',
      until: append(store, 'b-1', 1, newEvents(1)),
    });
    const late = await store.readAll({ after: page.upTo, limit: 5, prefixes: ['a'] });
    const upTo = late.upTo as Position;
    expect(comparePositions(upTo, (await store.head())?.position as Position)).toBeLessThanOrEqual(0);
    await append(store, 'a-1', 1, newEvents(1));
    const next = await store.readAll({ after: upTo, limit: 5, prefixes: ['a'] });
    expect(next.events.map(({ revision }) => revision)).toEqual([2]);
  });
});

describe('what another hand has done', () => {
  it.each([
    ['data that is no object', { data: Buffer.from('[1]') }],
    ['data that is no JSON', { data: Buffer.from('{"a":') }],
    ['an odd type', { type: 'Häppened' }],
    ['an odd stream', { stream: 'a 1' }],
  ])('(%s) is damage: a page ends before it, and reading on after it passes it over', async (_, changes) => {
    const events = newEvents(5);
    for (const [place, event] of events.entries()) await append(store, `a-${place}`, 'no_stream', [event]);
    double.log.change(Number(positionAt(2)), changes);
    const page = await store.readAll({ limit: 10 });
    expect(page.events.map(({ id }) => id)).toEqual(events.slice(0, 2).map(({ id }) => id));
    expect([page.upTo, page.atHead]).toEqual([positionAt(1), false]);
    const failure = store.readAll({ after: page.upTo, limit: 10 });
    await expect(failure).rejects.toMatchObject({ code: 'damaged', readOnAfter: positionAt(2) });
    const rest = await store.readAll({ after: positionAt(2), limit: 10 });
    expect(rest.events.map(({ id }) => id)).toEqual(events.slice(3).map(({ id }) => id));
    if (!('stream' in changes)) await expectError(store.readStream('a-2', { limit: 1 }), 'damaged');
  });

  it('(an event taken out of a stream) is damage to who reads over it', async () => {
    await append(store, 'a-1', 'no_stream', newEvents(6));
    double.log.remove(Number(positionAt(2)));
    await expectError(store.readStream('a-1', { limit: 10 }), 'damaged');
    await expectError(store.readStream('a-1', { limit: 10, direction: 'backwards' }), 'damaged');
    expect(await store.readStream('a-1', { limit: 3, direction: 'backwards' })).toMatchObject({ last: 5 });
  });
});

it('passes pages of large events on early, again and again', async () => {
  const large = 'x'.repeat(200 * 1024);
  for (let at = 0; at < 180; at += 4) {
    const events = Array.from({ length: 4 }, (_, place) => newEvent({ large, place: at + place }));
    await append(store, 'a-1', at === 0 ? 'no_stream' : at - 1, events);
  }
  const patient = await openKurrentStore(double.url);
  for (let round = 0; round < 3; round += 1) {
    const places = (await readWholeLog(patient, 10_000)).map(({ data }) => data.place);
    expect(places).toEqual(Array.from({ length: 180 }, (_, place) => place));
  }
  await patient.close();
});
