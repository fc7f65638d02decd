import { evolveRates, initialRates, rateEventTypes } from '@carat/domain';
import type { EventStore } from '@carat/event-store';
import { v7 } from 'uuid';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { foldStream } from './folded-stream.ts';
import { limits } from './limits.ts';
import { createLog } from './testing/log.ts';

let log: Awaited<ReturnType<typeof createLog>>;
let otherLog: Awaited<ReturnType<typeof createLog>>;
let store: EventStore;
let other: EventStore;
beforeAll(async () => {
  [log, otherLog] = [await createLog(), await createLog()];
  [store, other] = [await log.open(), await otherLog.open()];
});
afterAll(async () => {
  await log.remove();
  await otherLog.remove();
});

let stream = '';
beforeEach(() => {
  stream = `rates-${v7()}`;
});

/** Sets the rates 1, 2, 3 … as the stream's events number 0, 1, 2 … */
const setRates = async (to: EventStore, first: number, count: number): Promise<void> => {
  const events = Array.from({ length: count }, (_, i) => {
    const rate = first + i + 1;
    return {
      id: v7(),
      type: 'DiamondRateSet',
      data: { millidiamondsPerCoin: rate, from: 0, by: 'o', at: 0 },
    };
  });
  await to.append([{ stream, expected: first === 0 ? 'no_stream' : first - 1, events }]);
};

const ratesOf = (from: Pick<EventStore, 'readStream'>) =>
  foldStream(from, {
    stream,
    types: rateEventTypes,
    initial: initialRates,
    evolve: (state, events) => events.reduce(evolveRates, state),
  });

const rates = (state: typeof initialRates) => state.map(({ millidiamondsPerCoin }) => millidiamondsPerCoin);

describe('a folded stream', () => {
  it('begins with nothing and reads on from where it was', async () => {
    const reads: number[] = [];
    const folded = ratesOf({
      readStream: async (name, read) => {
        const page = await store.readStream(name, read);
        reads.push(page.exists ? page.events.length : 0);
        return page;
      },
    });
    expect(await folded.read()).toMatchObject({ state: initialRates, expected: 'no_stream' });
    await setRates(store, 0, 3);
    expect(await folded.read()).toMatchObject({ expected: 2 });
    await setRates(store, 3, 1);
    const { state, expected } = await folded.read();
    expect([rates(state), expected]).toEqual([[1_000, 1, 2, 3, 4], 3]);
    expect(reads).toEqual([0, 3, 2]);
  });

  it('reads as many pages as there are', async () => {
    for (let first = 0; first < 1_200; first += 400) await setRates(store, first, 400);
    expect(limits.streamPageEvents).toBeLessThan(1_200);
    const { state, expected } = await ratesOf(store).read();
    expect([state.length, expected]).toEqual([1_201, 1_199]);
  });

  it('sees what was written before the call, however many read at once', async () => {
    const folded = ratesOf(store);
    await setRates(store, 0, 1);
    const early = [folded.read(), folded.read()];
    await setRates(store, 1, 1);
    const late = await Promise.all([folded.read(), folded.read(), folded.read()]);
    expect(late.map(({ expected }) => expected)).toEqual([1, 1, 1]);
    await Promise.all(early);
  });

  it('goes on after a read that failed', async () => {
    let isAway = true;
    const folded = ratesOf({
      readStream: (name, read) => (isAway ? Promise.reject(new Error('away')) : store.readStream(name, read)),
    });
    await expect(folded.read()).rejects.toThrow('away');
    isAway = false;
    expect(await folded.read()).toMatchObject({ expected: 'no_stream' });
  });

  it('forgets a log that was swapped for another, longer or shorter', async () => {
    await setRates(store, 0, 3);
    await setRates(other, 0, 2);
    let current = store;
    const folded = ratesOf({ readStream: (name, read) => current.readStream(name, read) });
    await folded.read();
    current = other;
    expect(await folded.read()).toMatchObject({ expected: 1 });
    current = store;
    const { state, expected } = await folded.read();
    expect([rates(state), expected]).toEqual([[1_000, 1, 2, 3], 2]);
  });
});
