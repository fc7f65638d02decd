import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { JsonObject, Position, StoredEvent } from '../port.ts';
import { createSealCheck } from './check.ts';
import { createSealFeed } from './feed.ts';
import type { SealFinding } from './findings.ts';
import { readSealKey, readSealPublicKey } from './keys.ts';
import { readSeal, type Seal, sealsStream, signSeal } from './seal.ts';
import { createSealing } from './sealing.ts';
import { checkEvents } from './testing/check-events.ts';
import { type Log, newKeyPair, openLog } from './testing/sealed-log.ts';

/**
 * Ten seals of four to nine events each, some made when more had come already, then three events that none
 * covers.
 */
let log: Log;
let good: readonly StoredEvent[];
let ends: readonly number[];

beforeAll(async () => {
  log = await openLog();
  let now = 1_000;
  const sealing = createSealing({ store: log.store, now: () => now++ });
  for (let n = 0; n < 10; n++) {
    await log.write(4 + (n % 3));
    await sealing.gather(100);
    if (n % 4 === 1) await log.write(2);
    await sealing.seal();
  }
  await log.write(3);
  good = await log.events();
  ends = good
    .filter(({ stream }) => stream === sealsStream)
    .map((event) => good.findIndex(({ id }) => id === (readSeal(event) as Seal).lastEvent));
});
afterAll(() => log.close());

/** The number of the seal that covers the event at an index. */
const sealOver = (index: number): number => 1 + ends.findIndex((end) => index <= end);
const sealedEvents = (): number => ends.at(-1)! + 1;

const isOther = (index: number): boolean => good[index]!.stream !== sealsStream && !ends.includes(index);
/** An event that is no seal, and not the last one that a seal covers, by any number. */
const anyOther = (n: number): number => {
  const others = good.map((_, index) => index).filter((index) => index < sealedEvents() && isOther(index));
  return others[n % others.length]!;
};

/** Revisions of a stream again without a gap, as somebody leaves them who knows how logs are proved. */
const renumbered = (events: readonly StoredEvent[]): StoredEvent[] => {
  const next = new Map<string, number>();
  return events.map((event, place) => {
    const revision = next.get(event.stream) ?? 0;
    next.set(event.stream, revision + 1);
    return { ...event, revision, position: String(place + 1) as Position };
  });
};

const inserted = (like: StoredEvent): StoredEvent => ({ ...like, id: randomUUID() });

const withData = (index: number, change: (data: JsonObject) => JsonObject): StoredEvent[] =>
  good.map((event, place) => (place === index ? { ...event, data: change(event.data) } : event));

/** The fault told of the seal over a place, and no other seals told of than that one and its neighbours. */
const expectFault = (events: readonly StoredEvent[], fault: string, number: number): SealFinding => {
  const { findings } = checkEvents(events);
  expect(findings.map((finding) => finding.fault)).toEqual([fault]);
  const [first, last] = findings[0]!.seals;
  expect(first).toBeLessThanOrEqual(number);
  expect(last).toBeGreaterThanOrEqual(number);
  expect(last - first).toBeLessThanOrEqual(1);
  return findings[0]!;
};

describe('a log that is as it was sealed', () => {
  it('fits its seals, and says how much is sealed', () => {
    const { findings, sums } = checkEvents(good);
    expect(findings).toEqual([]);
    const sealed = sealedEvents();
    expect(sums).toEqual({
      seals: 10,
      sealed,
      unsealed: good.length - sealed,
      lastAt: 1_009,
      signed: 0,
      keys: [],
    });
    expect(sums.unsealed).toBeGreaterThanOrEqual(4);
  });

  it('fits them with other positions and times of the store, as a copy has them', () => {
    const copy = good.map((event, place) => ({
      ...event,
      position: `${place * 517}` as Position,
      created: 0,
    }));
    expect(checkEvents(copy).findings).toEqual([]);
  });

  it('needs none', () => {
    const none = good.filter(({ stream }) => stream !== sealsStream);
    expect(checkEvents(none)).toMatchObject({
      findings: [],
      sums: { seals: 0, sealed: 0, unsealed: none.length },
    });
    expect(checkEvents([]).findings).toEqual([]);
  });
});

describe('whatever is done to one event', () => {
  it('is found, and told with its seal', () => {
    const change = fc.constantFrom<(event: StoredEvent) => Partial<StoredEvent>>(
      ({ data }) => ({ data: { ...data, n: -1 } }),
      ({ data }) => ({ data: { ...data, extra: null } }),
      () => ({ data: {} }),
      () => ({ type: 'Another' }),
      () => ({ id: randomUUID() }),
      () => ({ stream: 'wallet-9' }),
      ({ revision }) => ({ revision: revision + 1 }),
    );
    fc.assert(
      fc.property(fc.nat(), change, (n, changed) => {
        const index = anyOther(n);
        const events = good.map((event, place) =>
          place === index ? { ...event, ...changed(event) } : event,
        );
        const finding = expectFault(events, 'changed', sealOver(index));
        expect(finding.range!.found).toBe(finding.range!.sealed);
      }),
    );
  });

  it('is found where it was taken out or put in, with or without an order that was mended', () => {
    fc.assert(
      fc.property(fc.nat(), fc.boolean(), fc.boolean(), (n, isMended, isRemoval) => {
        const index = anyOther(n);
        const events = isRemoval
          ? good.toSpliced(index, 1)
          : good.toSpliced(index, 0, { ...inserted(good[index]!), stream: 'wallet-9', revision: 0 });
        // A stream that goes on has other revisions then, so that of all later seals something was changed.
        if (isMended && isRemoval) {
          const { findings } = checkEvents(renumbered(events));
          expect(findings.map(({ fault }) => fault)).toContain('removed');
          expect(findings.length).toBeLessThanOrEqual(3);
          return;
        }
        const fault = isRemoval ? 'removed' : 'inserted';
        const { range } = expectFault(isMended ? renumbered(events) : events, fault, sealOver(index));
        expect(range!.found - range!.sealed).toBe(isRemoval ? -1 : 1);
      }),
    );
  });

  it('is found where two changed places', () => {
    fc.assert(
      fc.property(fc.nat(), fc.nat(), (n, m) => {
        const [a, b] = [anyOther(n), anyOther(m)];
        fc.pre(a !== b);
        const events = good.with(a, good[b]!).with(b, good[a]!);
        const { findings } = checkEvents(events);
        const told = findings.map(({ fault, seals }) => [fault, ...seals]);
        const numbers = [...new Set([sealOver(a), sealOver(b)])].sort((x, y) => x - y);
        if (numbers.length === 2 && numbers[1]! - numbers[0]! === 1) {
          expect(told).toEqual([['changed', numbers[0], numbers[1]]]);
        } else expect(told).toEqual(numbers.map((number) => ['changed', number, number]));
      }),
    );
  });

  it('is found of the last event that a seal covers too, together with the next seal', () => {
    for (const [n, end] of ends.entries()) {
      const changed = withData(end, (data) => ({ ...data, n: -1 }));
      const altered = good.map((event, place) => (place === end ? { ...event, id: randomUUID() } : event));
      const removed = good.toSpliced(end, 1);
      const isLast = n === ends.length - 1;
      const seals = `${n + 1} ${isLast ? n + 1 : n + 2}`;
      expect(checkEvents(altered).faults).toContain(`${isLast ? 'last_event_missing' : 'changed'} ${seals}`);
      expect(checkEvents(removed).faults).toContain(`${isLast ? 'last_event_missing' : 'removed'} ${seals}`);
      expect(checkEvents(changed).faults).toContain(`changed ${n + 1} ${n + 1}`);
    }
  });

  it('is found of every seal', () => {
    const seals = good.filter(({ stream }) => stream === sealsStream);
    for (const [n, seal] of seals.slice(0, -1).entries()) {
      for (const [field, value] of Object.entries(seal.data)) {
        const other = typeof value === 'number' ? value + 1 : String(value).replace(/[0-9a-f]/, 'z');
        const { faults } = checkEvents(withData(good.indexOf(seal), (data) => ({ ...data, [field]: other })));
        expect(faults.length, field).toBeGreaterThanOrEqual(2);
        expect(faults.length, field).toBeLessThanOrEqual(5);
        expect(faults.join(), field).toMatch(
          new RegExp(`(broken_chain|unreadable) ${n + 1 + 1}|unreadable ${n + 1}`),
        );
      }
      const { faults } = checkEvents(renumbered(good.filter((event) => event !== seal)));
      expect(faults).toContain(`broken_chain ${n + 1} ${n + 1}`);
      expect(faults).toContain(`wrong_number ${n + 1} ${n + 1}`);
    }
  });

  it('is found of a seal that was put in, though it covers nothing', () => {
    const at = good.findIndex(({ stream }, place) => stream === sealsStream && place > ends[4]!);
    const fifth = good[at]!;
    const fake = { ...inserted(fifth), data: { ...fifth.data, lastEvent: randomUUID() } };
    const { faults } = checkEvents(renumbered(good.toSpliced(at, 0, fake)));
    expect(faults).toEqual(expect.arrayContaining(['wrong_number 6 6', 'broken_chain 6 6']));
    expect(faults.join()).toMatch(/inserted \d 7/);
  });

  it('cannot be found behind the last seal', () => {
    expect(checkEvents(good.slice(0, -1)).findings).toEqual([]);
    expect(checkEvents(withData(good.length - 1, () => ({}))).findings).toEqual([]);
  });
});

describe('what seals say of each other', () => {
  const last = (): StoredEvent => good.findLast(({ stream }) => stream === sealsStream)!;
  const lastWith = (change: JsonObject): readonly string[] =>
    checkEvents(withData(good.indexOf(last()), (data) => ({ ...data, ...change }))).faults;

  it.each([
    ['root', { root: 'ab'.repeat(32) }, ['changed 10 10']],
    ['events', { events: 1_000 }, ['wrong_events 10 10']],
    ['previous', { previous: '00'.repeat(32) }, ['broken_chain 10 10']],
    ['number', { number: 12 }, ['wrong_number 10 10']],
    ['at', { at: 1 }, ['wrong_time 10 10']],
    ['lastEvent', { lastEvent: 'x' }, ['last_event_missing 10 10']],
    ['lastRevision', { lastRevision: 99 }, ['changed 10 10']],
    ['root that is none', { root: 'x' }, ['unreadable 10 10']],
  ])('must be true: %s', (_, change, faults) => {
    expect(lastWith(change)).toEqual(faults);
  });

  it('must be true of the first one: there is none before it', () => {
    const first = good.findIndex(({ stream }) => stream === sealsStream);
    const { faults } = checkEvents(withData(first, (data) => ({ ...data, previous: 'ab'.repeat(32) })));
    expect(faults).toContain('broken_chain 1 1');
  });
});

describe('signatures', () => {
  const [mine, theirs] = [newKeyPair(), newKeyPair()];
  const known = [readSealPublicKey(mine.open)];
  const keys = { mine: readSealKey(mine.secret), theirs: readSealKey(theirs.secret) } as const;

  /** A log of seals by one key each, chained and covering nothing: only their signatures are looked at. */
  const faultsOf = (...by: ('mine' | 'theirs' | 'nobody')[]) => {
    const faults: string[] = [];
    const check = createSealCheck(
      ({ fault, seals: [from, to] }) => faults.push(`${fault} ${from} ${to}`),
      new Set(known),
    );
    for (const [n, who] of by.entries()) {
      const seal = readSeal(good.filter(({ stream }) => stream === sealsStream)[n]!) as Seal;
      const data = who === 'nobody' ? seal : signSeal(seal, keys[who]);
      check.announce({ ...good[0]!, stream: sealsStream, type: 'LogSealed', revision: n, data });
    }
    const { signed } = check.finish();
    return { signed, faults: faults.filter((fault) => /sign|key/.test(fault)) };
  };

  it('are by a known key from the first such one on', () => {
    expect(faultsOf('nobody', 'theirs', 'mine', 'mine')).toEqual({ signed: 3, faults: [] });
    expect(faultsOf('mine', 'nobody', 'nobody', 'mine', 'theirs')).toEqual({
      signed: 3,
      faults: ['not_signed 2 3', 'unknown_key 5 5'],
    });
    expect(faultsOf('nobody', 'theirs')).toEqual({ signed: 1, faults: ['never_signed 0 0'] });
    expect(faultsOf()).toEqual({ signed: 0, faults: ['never_signed 0 0'] });
  });

  it('fit the key that is named, known or not', () => {
    const seal = signSeal(readSeal(good.find(({ stream }) => stream === sealsStream)!) as Seal, keys.theirs);
    const index = good.findIndex(({ stream }) => stream === sealsStream);
    const faults = (change: JsonObject) =>
      checkEvents(withData(index, () => ({ ...seal, ...change }))).faults;
    expect(faults({})).not.toContain('bad_signature 1 1');
    for (const change of [{ at: 7 }, { key: keys.mine.key }, { key: 'x' }, { signature: 'x' }]) {
      expect(faults(change), JSON.stringify(change)).toContain('bad_signature 1 1');
    }
  });
});

describe('reading seals ahead of the log', () => {
  const onDamage = (damage: Error): void => expect.fail(damage.message);

  /** Reads events in pages, with no more seals announced than it takes. */
  const read = async (events: readonly StoredEvent[], pageEvents: number, upTo: StoredEvent) => {
    const faults: string[] = [];
    const check = createSealCheck(({ fault, seals: [from, to] }) => faults.push(`${fault} ${from} ${to}`));
    const feed = createSealFeed(log.store, check, { upTo: upTo.position, onDamage });
    for (let from = 0; from < events.length; from += pageEvents) {
      await feed.refill(pageEvents);
      for (const event of events.slice(from, from + pageEvents)) check.see(event);
    }
    return { faults, ...check.finish() };
  };

  it('announces them in time, whatever the size of a page, and only up to a place', async () => {
    for (const [pageEvents, count] of [
      [1, good.length],
      [4, good.length - 5],
      [1_000, good.length],
    ] as const) {
      const events = good.slice(0, count);
      const { faults, seals, unsealed } = await read(events, pageEvents, events.at(-1)!);
      expect(faults).toEqual([]);
      expect(seals).toBe(events.filter(({ stream }) => stream === sealsStream).length);
      expect(unsealed).toBeLessThan(15);
    }
  });

  it('gives seals up whose last events are gone, so that later ones are told of in time', async () => {
    const gone = ends.slice(2, 5);
    const events = good.filter((_, place) => !gone.includes(place));
    for (const pageEvents of [1, 3, 1_000]) {
      expect((await read(events, pageEvents, good.at(-1)!)).faults).toEqual(['removed 3 6']);
    }
  });
});
