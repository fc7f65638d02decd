import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type EventStore, EventStoreError, type StoredEvent, type StreamWrite } from '../port.ts';
import { readSealKey, readSealPublicKey } from './keys.ts';
import { hashOfSeal, isWellSigned, noSeal, readSeal, type Seal, sealsStream } from './seal.ts';
import { createSealing, type Sealing, SealMismatch } from './sealing.ts';
import { checkEvents } from './testing/check-events.ts';
import { type Log, newKeyPair, openLog } from './testing/sealed-log.ts';

let log: Log;
let now: number;

beforeEach(async () => {
  log = await openLog();
  now = 1_000;
});
afterEach(() => log.close());

const sealingOf = (store: EventStore = log.store, more: object = {}): Sealing =>
  createSealing({ store, now: () => now, ...more });

/** Reads on to the head, sealing whenever it must. */
const sealAll = async (sealing: Sealing): Promise<Seal | undefined> => {
  for (;;) {
    const atHead = await sealing.gather(7);
    if (atHead) return sealing.seal();
    if (sealing.full) await sealing.seal();
  }
};

const sealsOf = async (store: EventStore = log.store): Promise<readonly StoredEvent[]> => {
  const page = await store.readStream(sealsStream, { limit: 1_000 });
  return page.exists ? page.events : [];
};

const expectWhole = async (sealed: number, store: EventStore = log.store): Promise<void> => {
  const { findings, sums } = checkEvents(await log.events(store));
  expect(findings).toEqual([]);
  expect(sums.sealed).toBe(sealed);
};

describe('sealing', () => {
  it('proves all since the last seal, earlier seals among it, and says all that a seal says', async () => {
    const sealing = sealingOf();
    await log.write(10);
    const first = await sealAll(sealing);
    const tenth = (await log.events())[9]!;
    const { lastEvent, lastStream, lastRevision, root, ...rest } = first!;
    expect({ lastEvent, lastStream, lastRevision }).toEqual({
      lastEvent: tenth.id,
      lastStream: tenth.stream,
      lastRevision: tenth.revision,
    });
    expect(root).toMatch(/^[0-9a-f]{64}$/);
    expect(rest).toEqual({ number: 1, events: 10, previous: noSeal, at: 1_000 });

    now = 900;
    await log.write(4);
    const second = await sealAll(sealing);
    expect(second).toMatchObject({ number: 2, events: 15, previous: hashOfSeal(first!), at: 1_000 });
    expect((await sealsOf()).map(readSeal)).toEqual([first, second]);
    await expectWhole(15);
  });

  it('seals nothing where only seals came', async () => {
    const sealing = sealingOf();
    expect(await sealAll(sealing)).toBeUndefined();
    await log.write(1);
    await sealAll(sealing);
    expect(await sealAll(sealing)).toBeUndefined();
    expect(await sealAll(sealingOf())).toBeUndefined();
    expect(await sealsOf()).toHaveLength(1);
  });

  it('goes on where the log says that the last seal ended, in a process that begins anew', async () => {
    await log.write(5);
    await sealAll(sealingOf());
    await log.write(5);
    await sealAll(sealingOf());
    await log.write(5);
    await sealAll(sealingOf(await log.open()));
    expect(await sealsOf()).toHaveLength(3);
    await expectWhole(17);
  });

  it('covers a bounded number of events with one seal', async () => {
    await log.write(25);
    const sealing = sealingOf(log.store, { maxEvents: 10 });
    await sealAll(sealing);
    expect((await sealsOf()).map((event) => (readSeal(event) as Seal).events)).toEqual([10, 20, 27]);
    await expectWhole(27);
  });

  it('takes events that are at hand, and no others', async () => {
    await log.write(30);
    const events = await log.events();
    let taken = 0;
    const atHand = (after: string, limit: number) => {
      const from = Number(after);
      const kept = from < 10 || from >= 20 ? [] : events.slice(from, Math.min(from + limit, 20));
      taken += kept.length;
      return kept;
    };
    await sealAll(sealingOf(log.store, { atHand }));
    expect(taken).toBeGreaterThan(5);
    await expectWhole(30);
  });

  it('signs, where it is given a key, all that a seal says', async () => {
    const { secret, open } = newKeyPair();
    await log.write(3);
    const seal = (await sealAll(sealingOf(log.store, { key: readSealKey(secret) })))!;
    expect(seal.key).toBe(readSealPublicKey(open));
    expect(isWellSigned(seal)).toBe(true);
    for (const field of Object.keys(seal) as (keyof Seal)[]) {
      const value = seal[field];
      const altered = typeof value === 'number' ? value + 1 : `${value}x`;
      if (field !== 'signature') expect(isWellSigned({ ...seal, [field]: altered }), field).toBe(false);
    }
    const other = readSealKey(newKeyPair().secret);
    expect(isWellSigned({ ...seal, key: other.key })).toBe(false);
    expect(isWellSigned({ ...seal, signature: other.sign('x') })).toBe(false);
  });

  it('refuses keys that are none, in a few words', () => {
    expect(() => readSealKey('nonsense')).toThrow('it holds no private key in PEM form');
    expect(() => readSealKey(newKeyPair().open)).toThrow('it holds no private key in PEM form');
    expect(() => readSealPublicKey('nonsense')).toThrow('it holds no public key in PEM form');
  });
});

describe('several at once', () => {
  it('make one chain, whoever is faster', async () => {
    const all = [sealingOf(), sealingOf(await log.open()), sealingOf(await log.open())];
    for (let round = 0; round < 15; round++) {
      await log.write(4);
      await Promise.all(all.map((sealing) => sealing.gather(1 + (round % 5))));
      await Promise.all(all.map((sealing) => sealing.seal()));
    }
    await sealAll(all[0]!);
    await sealAll(all[0]!);
    const { length } = await sealsOf();
    expect(length).toBeGreaterThan(10);
    const { findings, sums } = checkEvents(await log.events());
    expect(findings).toEqual([]);
    expect(sums.unsealed).toBeLessThanOrEqual(2);
  });

  it('may stall between reading and appending, and wake up late', async () => {
    const stalled = sealingOf();
    await log.write(5);
    await stalled.gather(100);
    const other = sealingOf(await log.open());
    await sealAll(other);
    await log.write(5);
    await sealAll(other);
    expect(await stalled.seal()).toBeUndefined();
    await log.write(5);
    expect(await sealAll(stalled)).toMatchObject({ number: 3, events: 17 });
    await expectWhole(17);
  });

  it('lose the race for a place in the chain to whoever appends between look and append', async () => {
    const other = sealingOf(await log.open());
    const { store } = log;
    const append = async (writes: readonly StreamWrite[]) => {
      await sealAll(other);
      return store.append(writes);
    };
    const late = sealingOf(
      new Proxy(store, { get: (of, name) => (name === 'append' ? append : bound(of, name)) }),
    );
    await log.write(5);
    expect(await sealAll(late)).toBeUndefined();
    await log.write(1);
    expect(await sealsOf()).toHaveLength(1);
    await sealAll(sealingOf());
    await expectWhole(7);
  });

  it('find out what became of a seal of which nobody can tell whether it was written', async () => {
    const { store } = log;
    let cuts = 2;
    const append = async (writes: readonly StreamWrite[]) => {
      const result = await store.append(writes);
      if (cuts-- > 0) throw new EventStoreError('outcome_unknown', 'The line was cut.');
      return result;
    };
    const sealing = sealingOf(
      new Proxy(store, { get: (of, name) => (name === 'append' ? append : bound(of, name)) }),
    );
    await log.write(5);
    expect(await sealAll(sealing)).toMatchObject({ number: 1 });
    cuts = 10;
    await log.write(5);
    await expect(sealAll(sealing)).rejects.toMatchObject({ code: 'outcome_unknown' });
    cuts = 0;
    await log.write(5);
    expect(await sealAll(sealing)).toMatchObject({ number: 3, events: 17 });
    await expectWhole(17);
  });
});

const bound = (of: EventStore, name: string | symbol): unknown => {
  const member = Reflect.get(of, name) as unknown;
  return typeof member === 'function' ? member.bind(of) : member;
};

describe('a log that is not what it was', () => {
  it('is noticed where it was swapped for another between reading and sealing', async () => {
    const sealing = sealingOf();
    await log.write(6);
    await sealAll(sealing);
    await log.write(6);
    await sealing.gather(100);

    const other = await log.open('other.db');
    await log.write(20, other);
    await sealAll(sealingOf(other));
    await log.write(3, other);
    await other.close();
    await log.replaceWith('other.db');

    expect(await sealing.seal()).toBeUndefined();
    expect(await sealAll(sealing)).toMatchObject({ number: 2, events: 24 });
    await expectWhole(24);
  });

  it('is noticed where neither has a seal', async () => {
    const sealing = sealingOf();
    await log.write(6);
    await sealing.gather(100);
    const other = await log.open('other.db');
    await log.write(9, other);
    await other.close();
    await log.replaceWith('other.db');
    expect(await sealing.seal()).toBeUndefined();
    expect(await sealAll(sealing)).toMatchObject({ number: 1, events: 9 });
    await expectWhole(9);
  });

  it('is noticed where it is the same up to what was gathered, but was sealed otherwise', async () => {
    await log.write(25);
    await log.copyTo('older.db');
    const sealing = sealingOf(log.store, { maxEvents: 10 });
    await sealing.gather(10);
    await sealing.seal();
    await sealing.gather(10);
    const older = await log.open('older.db');
    await sealAll(sealingOf(older));
    await older.close();
    await log.replaceWith('older.db');
    expect(await sealing.seal()).toBeUndefined();
    await log.write(3);
    expect(await sealAll(sealing)).toMatchObject({ number: 2, events: 29 });
    await expectWhole(29);
  });

  it('is noticed where it was swapped while it was read', async () => {
    const sealing = sealingOf();
    await log.write(6);
    await sealing.gather(3);
    const other = await log.open('other.db');
    await log.write(9, other);
    await other.close();
    await log.replaceWith('other.db');
    await sealAll(sealing);
    await expectWhole(9);
  });

  it('is not sealed over where the last seal does not fit it', async () => {
    await log.write(6);
    const seal = (await sealAll(sealingOf()))!;
    const append = (data: object) =>
      log.store.append([
        {
          stream: sealsStream,
          expected: 0,
          events: [{ id: randomUUID(), type: 'LogSealed', data: { ...data } }],
        },
      ]);
    await append({ ...seal, number: 2, lastEvent: randomUUID() });
    await log.write(3);
    const sealing = sealingOf();
    await expect(sealing.gather(10)).rejects.toThrow(SealMismatch);
    await expect(sealing.gather(10)).rejects.toThrow(
      /event 1 of seals, covers the log up to .* is not there/,
    );
    expect(await sealsOf()).toHaveLength(2);
  });

  it.each([
    ['of which a field is missing', 'LogSealed', { number: 1 }],
    ['that is none', 'Another', {}],
  ])('is not sealed after a seal %s', async (_, type, data) => {
    await log.store.append([
      { stream: sealsStream, expected: 'no_stream', events: [{ id: randomUUID(), type, data }] },
    ]);
    await expect(sealingOf().gather(10)).rejects.toThrow(SealMismatch);
  });
});
