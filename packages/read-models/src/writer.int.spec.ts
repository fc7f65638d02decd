import type { Redis } from 'ioredis';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { dumpUnit } from './dump.ts';
import { emptyUnit, readMark } from './empty-unit.ts';
import { checkpointKey, ranksKey, tableKey } from './keys.ts';
import { readCheckpoint } from './questions.ts';
import { tables } from './tables.ts';
import { type Booking, batchOf, live, reached } from './testing/batches.ts';
import { freshGeneration, openRedis } from './testing/redis.ts';
import { createWriter, type Outcome, type Sent, type Writer } from './writer.ts';

let server: Awaited<ReturnType<typeof openRedis>>;
let redis: Redis;
let generation: string;

beforeAll(async () => {
  server = await openRedis();
  redis = server.connect();
});
afterAll(() => server.close());
beforeEach(async () => {
  generation = await freshGeneration(redis);
});

const booking = (place: number, viewer = 'ann', coins = 1): Booking => ({ place, viewer, coins, at: place });
const done = async (sent: Promise<Sent>): Promise<Outcome> => {
  const answer = await sent;
  if ('inexact' in answer) throw new Error('inexact');
  return answer.done;
};
const open = async () => {
  const writer = createWriter(redis, generation, 'creators');
  await writer.resume();
  return {
    ...writer,
    apply: (...bookings: Booking[]) => done(writer.send(batchOf(bookings), reached(bookings))),
  };
};
const dump = () => dumpUnit(redis, generation, 'creators');
const ann = () => redis.hget(tableKey(generation, 'creators', tables.liveBoard(live)), 'ann');

describe('one writer', () => {
  it('applies batch upon batch and moves the checkpoint with them', async () => {
    const writer = await open();
    expect(await writer.apply(booking(1), booking(2))).toMatchObject({ outcome: 'applied' });
    expect(await writer.apply(booking(5, 'ann', 10))).toMatchObject({ outcome: 'applied' });
    expect(await ann()).toBe('12 5');
    expect(await readCheckpoint(redis, generation, 'creators')).toMatchObject({
      position: '5',
      event: 'event-5',
      torn: false,
      complete: true,
    });
  });

  it('takes the next batch while the last one is on its way', async () => {
    const writer = await open();
    const outcomes: Promise<Outcome>[] = [];
    for (const place of [1, 2, 3, 4]) {
      const sent = await writer.send(batchOf([booking(place)]), reached([booking(place)]));
      if ('done' in sent) outcomes.push(sent.done);
    }
    expect((await Promise.all(outcomes)).map(({ outcome }) => outcome)).toEqual(Array(4).fill('applied'));
    expect(await ann()).toBe('4 4');
  });

  it('moves on where nothing changed', async () => {
    const writer = await open();
    await done(writer.send(batchOf([]), { position: '9', event: 'event-9', atHead: false }));
    expect(await readCheckpoint(redis, generation, 'creators')).toMatchObject({
      position: '9',
      complete: false,
    });
  });

  it('does not write a total that is no exact integer, and says which', async () => {
    const writer = await open();
    await writer.apply(booking(1, 'ann', 2 ** 53 - 1));
    const more = [booking(2, 'ann', 1)];
    const sent = await writer.send(batchOf(more), reached(more));
    expect(sent).toEqual({ inexact: { table: tables.liveBoard(live), field: 'ann' } });
    expect(await ann()).toBe(`${2 ** 53 - 1} 1`);
    expect(await writer.apply()).toMatchObject({ outcome: 'applied' });
  });

  it('knows after a restart what it has to add to', async () => {
    await (await open()).apply(booking(1), booking(2, 'bob'));
    await (await open()).apply(booking(3));
    expect(await ann()).toBe('2 3');
  });
});

describe('a unit that nobody reads yet', () => {
  const many = Array.from({ length: 9_000 }, (_, i) => booking(i + 1, `viewer-${i % 4_500}`, 1 + (i % 7)));
  const send = (writer: Writer, bookings: readonly Booking[]) =>
    done(writer.send(batchOf(bookings), reached(bookings, false)));

  /** A writer to which something happens after its first piece: it has looked, asked, and written. */
  const openInterrupted = async (interrupt: () => Promise<unknown>) => {
    let sent = 0;
    const call = async (...args: Parameters<Redis['call']>): Promise<unknown> => {
      if (sent++ === 3) await interrupt();
      return redis.call(...args);
    };
    const interrupted = new Proxy(redis, {
      get: (target, name) => (name === 'call' ? call : Reflect.get(target, name)),
    });
    const writer = createWriter(interrupted, generation, 'creators');
    await writer.resume();
    return writer;
  };

  const empty = async (): Promise<void> =>
    emptyUnit(redis, generation, 'creators', (await readMark(redis, generation, 'creators')) ?? '');

  it('takes a large batch in pieces, as if it were one', async () => {
    const writer = await open();
    await writer.apply(...many);
    const whole = await dump();
    generation = await freshGeneration(redis);
    expect(await send(await open(), many)).toMatchObject({ outcome: 'applied' });
    expect(await dump()).toEqual(whole);
    expect(await readCheckpoint(redis, generation, 'creators')).toMatchObject({
      position: '9000',
      torn: false,
      complete: false,
    });
  });

  it('is torn by a death between two pieces, and can be emptied and begun anew', async () => {
    await send(await open(), many);
    const whole = await dump();
    generation = await freshGeneration(redis);
    const dying = await openInterrupted(() => Promise.reject(new Error('dead')));
    await expect(send(dying, many)).rejects.toThrow('dead');
    const next = await open();
    expect(await next.resume()).toMatchObject({ torn: true, complete: false, position: null });
    expect((await dump()).length).toBeGreaterThan(0);
    expect(await next.apply(booking(1))).toMatchObject({ outcome: 'refused' });
    await empty();
    expect(await dump()).toEqual([]);
    expect(await next.resume()).toMatchObject({ torn: false, complete: false, position: null });
    await send(next, many);
    expect(await dump()).toEqual(whole);
  });

  it('refuses the pieces of whoever lost it to another in the meantime', async () => {
    const writer = await openInterrupted(empty);
    expect(await send(writer, many)).toMatchObject({ outcome: 'refused' });
    expect(await dump()).toEqual([]);
  });

  it('is left alone by whoever was paused while emptying it, once another has filled it', async () => {
    await send(await open(), many);
    await redis.hset(checkpointKey(generation, 'creators'), 'torn', 'x');
    let [isPaused, goOn] = [false, (): void => undefined];
    const paused = new Promise<void>((resolve) => {
      goOn = resolve;
    });
    /** Whatever comes after the mark of its own. */
    const late = async <T>(run: () => Promise<T>): Promise<T> => {
      isPaused = (await readMark(redis, generation, 'creators')) !== 'x';
      if (isPaused) await paused;
      return run();
    };
    const slow = new Proxy(redis, {
      get: (target, name) => {
        if (name === 'call') return (...args: Parameters<Redis['call']>) => late(() => redis.call(...args));
        if (name === 'unlink') return (key: string) => late(() => redis.unlink(key));
        return Reflect.get(target, name);
      },
    });
    const emptying = emptyUnit(slow, generation, 'creators', 'x');
    await vi.waitFor(() => expect(isPaused).toBe(true));
    await empty();
    await (await open()).apply(...many);
    const whole = await dump();
    goOn();
    await emptying;
    expect(await dump()).toEqual(whole);
    expect(await readCheckpoint(redis, generation, 'creators')).toMatchObject({
      complete: true,
      torn: false,
    });
  });

  it('begins anew where its checkpoint is gone, unless another has begun it', async () => {
    await send(await open(), many);
    await redis.del(checkpointKey(generation, 'creators'));
    await emptyUnit(redis, generation, 'creators', null);
    expect(await dump()).toEqual([]);
    await (await open()).apply(booking(1));
    await emptyUnit(redis, generation, 'creators', null);
    expect(await ann()).toBe('1 1');
  });

  it('is not emptied once it is complete', async () => {
    await (await open()).apply(booking(1));
    await redis.hset(checkpointKey(generation, 'creators'), 'torn', 'x');
    await empty();
    expect(await ann()).toBe('1 1');
  });
});

describe('two writers on one unit', () => {
  it('refuses the one that overlaps, and it goes on after looking again', async () => {
    const [a, b] = [await open(), await open()];
    await a.apply(booking(1), booking(2));
    const before = await dump();
    expect(await b.apply(booking(1))).toEqual({ outcome: 'refused', reason: 'gap' });
    expect(await dump()).toEqual(before);
    expect((await b.resume())?.position).toBe('2');
    expect(await b.apply(booking(3))).toMatchObject({ outcome: 'applied' });
    expect(await a.apply(booking(3))).toEqual({ outcome: 'refused', reason: 'stale' });
    expect(await ann()).toBe('3 3');
  });

  it('refuses in the script itself what its values were remembered for', async () => {
    const [a, b] = [await open(), await open()];
    await a.apply(booking(1));
    await b.resume();
    await b.apply(booking(2));
    // `a` remembers all it needs, so nothing but the script can tell that it is no longer alone.
    expect(await a.apply(booking(2))).toEqual({ outcome: 'refused', reason: 'stale' });
    expect(await a.apply(booking(9))).toEqual({ outcome: 'refused', reason: 'lost' });
    await a.resume();
    await b.apply(booking(3));
    expect(await a.apply(booking(4))).toMatchObject({ outcome: 'refused', reason: 'gap' });
    expect(await ann()).toBe('3 3');
  });

  it('refuses all that was sent after what was refused', async () => {
    const [a, b] = [await open(), await open()];
    await a.apply(booking(1));
    await b.resume();
    await b.apply(booking(2));
    const outcomes = await Promise.all([a.apply(booking(2)), a.apply(booking(3)), a.apply(booking(4))]);
    for (const { outcome } of outcomes) expect(outcome).toBe('refused');
    expect(await ann()).toBe('2 2');
  });

  it('books everything once when both race for it', async () => {
    const writers = [await open(), await open()];
    const last = 60;
    const race = async (writer: Awaited<ReturnType<typeof open>>) => {
      for (;;) {
        const at = await writer.resume();
        const next = Number(at?.position ?? 0) + 1;
        if (next > last) return;
        await writer.apply(booking(next, next % 2 ? 'ann' : 'bob'));
      }
    };
    await Promise.all(writers.map(race));
    expect(await ann()).toBe(`30 ${last - 1}`);
    expect((await dump()).filter((row) => row.startsWith('feed:'))).toHaveLength(last);
  });
});

describe('a broken unit', () => {
  it('is not written to once its checkpoint is gone', async () => {
    const writer = await open();
    await writer.apply(booking(1));
    await redis.del(checkpointKey(generation, 'creators'));
    expect(await writer.apply(booking(2))).toEqual({ outcome: 'refused', reason: 'lost' });
    expect(await ann()).toBe('1 1');
    expect(await writer.resume()).toBeUndefined();
  });

  it('is not written to once it is torn', async () => {
    const writer = await open();
    await writer.apply(booking(1));
    await redis.hset(checkpointKey(generation, 'creators'), 'torn', 'x');
    expect(await writer.apply(booking(2))).toEqual({ outcome: 'refused', reason: 'torn' });
    expect((await writer.resume())?.torn).toBe(true);
  });

  it('is left untouched, and whole, where a key is of another kind than it should be', async () => {
    const writer = await open();
    await writer.apply(booking(1));
    await redis.del(tableKey(generation, 'creators', tables.feed(live)));
    await redis.set(tableKey(generation, 'creators', tables.feed(live)), 'what?');
    await expect(writer.apply(booking(2))).rejects.toThrow('malformed write');
    expect(await ann()).toBe('1 1');
    expect((await writer.resume())?.torn).toBe(false);
  });

  it('is torn by an error in the middle', async () => {
    const writer = await open();
    await writer.apply(booking(1));
    // An entry that is not behind the last one: nothing but the command itself can see that.
    await redis.xadd(tableKey(generation, 'creators', tables.feed(live)), '99-1', 'k', 'v');
    await expect(writer.apply(booking(2))).rejects.toThrow();
    expect((await writer.resume())?.torn).toBe(true);
  });
});

it('keeps the best in the sorted set only, also of more than one command can take', async () => {
  const writer = await open();
  const bookings = Array.from({ length: 9_000 }, (_, i) => booking(i + 1, `viewer-${i}`, 1 + (i % 7)));
  await writer.apply(...bookings.slice(0, 1_200));
  const ranks = ranksKey(generation, 'creators', tables.liveBoard(live));
  expect(await redis.zcard(ranks)).toBe(1_200);
  await writer.apply(...bookings.slice(1_200));
  expect(await redis.zcard(ranks)).toBeLessThanOrEqual(1_250);
  const board = (await dump()).filter((row) => row.startsWith('ranks:'));
  const best = bookings.toSorted((a, b) => b.coins - a.coins || a.place - b.place).slice(0, 1_000);
  expect(board).toEqual(best.map(({ viewer, coins }) => `ranks:live-board:gala ${viewer} ${coins}`));
});
