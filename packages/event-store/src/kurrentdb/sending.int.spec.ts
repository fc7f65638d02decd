import { KurrentDBClient } from '@kurrent/kurrentdb-client';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { append, expectError, newEvents, positionOf, readWholeLog, stored, write } from '../laws/fixtures.ts';
import type { AppendResult, EventStore, StreamWrite } from '../port.ts';
import { openKurrentStore } from './store.ts';
import { type Double, startDouble } from './testing/double/double.ts';
import type { Failure } from './testing/double/faults.ts';

const patience = { timeout: 20_000, interval: 2 };
const quick = { sendMs: 400, maxDeliveryMs: 2_500, maxUnreachableMs: 600, maxResendPauseMs: 100 };

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

/** What each call of `appendRecords` holds, by the ids of its events. */
const watchCalls = (): (readonly string[])[] => {
  const calls: (readonly string[])[] = [];
  double.faults.onStep = (step, { ids }) => {
    if (step === 'received') calls.push(ids);
  };
  return calls;
};

const newWrites = (count: number, prefix = 'a'): StreamWrite[] =>
  Array.from({ length: count }, (_, place) => write(`${prefix}-${place}`, 'no_stream', newEvents(1)));

const appendEach = (writes: readonly StreamWrite[]): Promise<AppendResult[]> =>
  Promise.all(writes.map((each) => store.append([each])));

const idsOf = (writes: readonly StreamWrite[]): string[] =>
  writes.flatMap(({ events }) => events.map(({ id }) => id));

describe('group commit', () => {
  it('sends all that wait in one call, and several calls at once', async () => {
    const calls = watchCalls();
    const writes = newWrites(700);
    const results = await appendEach(writes);
    expect(calls.map((ids) => ids.length)).toEqual([300, 300, 100]);
    expect(calls.flat()).toEqual(idsOf(writes));
    const positions = new Set(results.map(positionOf));
    expect(positions.size).toBe(3);
    expect(positions).toContain((await store.head())?.position);
  });

  it('has no two appends of one stream in a call, or in flight at once, whatever its case', async () => {
    const calls = watchCalls();
    const events = newEvents(4);
    const results = await Promise.all(
      events.map((event, place) =>
        store.append([write('a-x', place === 0 ? 'no_stream' : place - 1, [event])]),
      ),
    );
    expect(results.every(({ appended }) => appended)).toBe(true);
    expect(calls).toEqual(events.map(({ id }) => [id]));
    const cased = [write('b-x', 'no_stream', newEvents(1)), write('B-X', 'no_stream', newEvents(1))];
    await appendEach(cased);
    expect(calls.slice(4)).toEqual(cased.map((each) => idsOf([each])));
  });

  it('takes offenders out, and sends the rest again at once', async () => {
    await append(store, 'a-3', 'no_stream', newEvents(1));
    const calls = watchCalls();
    const writes = [...newWrites(6), write('b-1', 5, newEvents(1))];
    const results = await appendEach(writes);
    expect(results.map(({ appended }) => appended)).toEqual([true, true, true, false, true, true, false]);
    expect(results[3]).toEqual({
      appended: false,
      conflicts: [{ stream: 'a-3', expected: 'no_stream', actual: 0 }],
    });
    expect(results[6]).toEqual({
      appended: false,
      conflicts: [{ stream: 'b-1', expected: 5, actual: 'no_stream' }],
    });
    const rest = idsOf(writes.filter((_, place) => place !== 3 && place !== 6));
    // The one that might have been a repetition was asked for alone.
    expect(calls.map((ids) => ids.toSorted())).toEqual(
      [idsOf(writes), ...[rest, idsOf(writes.slice(3, 4))]].map((ids) => ids.toSorted()),
    );
  });

  it('answers repetitions in the company of new appends', async () => {
    const old = [write('a-0', 'no_stream', newEvents(2)), write('a-1', 'no_stream', newEvents(1))];
    await store.append(old);
    const fresh = newWrites(3, 'b');
    const [repeated, ...others] = await Promise.all([store.append(old), appendEach(fresh)]);
    expect(repeated).toMatchObject({ appended: true, revisions: [1, 0] });
    expect(others[0]?.every(({ appended }) => appended)).toBe(true);
    expect(await readWholeLog(store)).toHaveLength(6);
  });
});

describe('an outcome that is unknown', () => {
  const failures: [Failure, boolean][] = (
    [
      'refuse',
      'silence',
      'cut',
      'end',
      'deadline_exceeded',
      'timeout',
      'busy',
      'not_ready',
      'not_leader',
    ] as const
  ).flatMap(
    (failure) =>
      [
        [failure, false],
        [failure, true],
      ] as [Failure, boolean][],
  );

  it.each(failures)(
    '("%s", written: %s) is found out by sending the very same again',
    async (failure, written) => {
      const calls = watchCalls();
      double.faults.appends.next({ failure, written }, 2);
      const writes = newWrites(5);
      const results = await appendEach(writes);
      expect(results).toEqual(
        writes.map(() => ({ appended: true, revisions: [0], position: expect.stringMatching(/^\d+$/) })),
      );
      expect(double.faults.appends.calls).toBeGreaterThanOrEqual(3);
      for (const ids of calls) expect(ids).toEqual(idsOf(writes));
      expect((await readWholeLog(store)).map(({ id }) => id)).toEqual(idsOf(writes));
    },
  );

  it('stays unknown where the server stays silent, and settles within its time', async () => {
    double.faults.appends.always({ failure: 'silence', written: true });
    const [write] = newWrites(1);
    await expectError(store.append([write as StreamWrite]), 'outcome_unknown');
    double.faults.clear();
    expect(await store.append([write as StreamWrite])).toMatchObject({ appended: true, revisions: [0] });
    expect(await readWholeLog(store)).toHaveLength(1);
  });

  it('is never taken for a server that is away', async () => {
    double.faults.appends.next({ failure: 'cut', written: true });
    double.faults.onStep = (step) => (step === 'written' ? double.stop() : undefined);
    await expectError(store.append(newWrites(1)), 'outcome_unknown');
  });

  it('survives a server that is killed and started again', async () => {
    let kills = 0;
    double.faults.onStep = (step) => {
      if (step !== 'written' || kills > 0) return;
      kills += 1;
      return double.restart();
    };
    const writes = newWrites(40);
    const results = await appendEach(writes);
    expect(kills).toBe(1);
    expect(results.every(({ appended }) => appended)).toBe(true);
    expect(await readWholeLog(store)).toHaveLength(40);
  });

  it('and comes late, after all was sent again: it is written once', async () => {
    const gate = Promise.withResolvers<void>();
    double.faults.appends.next({ failure: 'late', until: gate.promise });
    const writes = newWrites(3);
    const results = await appendEach(writes);
    gate.resolve();
    await append(store, 'b-1', 'no_stream', newEvents(1));
    expect(results.every(({ appended }) => appended)).toBe(true);
    expect((await readWholeLog(store)).map(({ stream }) => stream)).toEqual(['a-0', 'a-1', 'a-2', 'b-1']);
  });

  it('and whose stream has not got as far is no conflict: the late sending may still come', async () => {
    double.faults.appends.next({ failure: 'silence' });
    await expectError(store.append([write('a-1', 3, newEvents(1))]), 'outcome_unknown');
    expect(await store.append([write('a-1', 3, newEvents(1))])).toMatchObject({ appended: false });
  });
});

describe('certainly nothing was written', () => {
  it('where the server can’t be reached', async () => {
    await append(store, 'a-1', 'no_stream', newEvents(1));
    await double.stop();
    // The first call finds the connection gone; from then on none is sent.
    await store.append(newWrites(1, 'b')).catch(() => {});
    await expectError(store.append(newWrites(1, 'c')), 'unavailable');
    await double.restart();
    await vi.waitFor(() => append(store, 'a-1', 0, newEvents(1)), patience);
    expect((await readWholeLog(store)).slice(0, 1)).toHaveLength(1);
  });

  it('where the server refuses the credentials', async () => {
    double.faults.appends.always({ failure: 'access_denied' });
    await expectError(store.append(newWrites(1)), 'unavailable');
  });

  it('where the server calls it invalid; its companions are written', async () => {
    double.faults.appends.next({ failure: 'invalid' }, 2);
    const writes = newWrites(3);
    const results = await Promise.allSettled(writes.map((each) => store.append([each])));
    expect(results.map(({ status }) => status)).toEqual(['rejected', 'fulfilled', 'fulfilled']);
    expect(results[0]).toMatchObject({ reason: { code: 'invalid_input' } });
    expect(await readWholeLog(store)).toHaveLength(2);
  });

  it('where others wait in such numbers that there is no room', async () => {
    const small = await openKurrentStore(double.url, { limits: { ...quick, maxWaitingAppends: 10 } });
    const results = await Promise.allSettled(newWrites(20).map((each) => small.append([each])));
    const refused = results.filter(({ status }) => status === 'rejected');
    expect(refused).toHaveLength(10);
    for (const each of refused) expect(each).toMatchObject({ reason: { code: 'unavailable' } });
    await small.close();
    expect(await readWholeLog(store)).toHaveLength(10);
  });

  it('where it waited too long behind another of its stream', async () => {
    const small = await openKurrentStore(double.url, { limits: { ...quick, maxWaitMs: 500 } });
    double.faults.appends.always({ failure: 'silence' });
    const first = small.append([write('a-1', 'no_stream', newEvents(1))]);
    const second = small.append([write('a-1', 0, newEvents(1))]);
    await expectError(second, 'unavailable');
    await expectError(first, 'outcome_unknown');
    double.faults.clear();
    expect(await small.append([write('a-1', 'no_stream', newEvents(1))])).toMatchObject({ appended: true });
    await small.close();
  });
});

it('calls a stream that was deleted damage', async () => {
  const events = newEvents(2);
  await append(store, 'a-1', 'no_stream', events);
  const client = KurrentDBClient.connectionString(double.url);
  await client.tombstoneStream('a-1');
  await client.dispose();
  await expectError(store.append([write('a-1', 1, newEvents(1))]), 'damaged');
  await expectError(store.readStream('a-1', { limit: 1 }), 'damaged');
  expect((await store.readAll({ limit: 2 })).events).toEqual(stored('a-1', 0, events));
});

it('lets running appends settle as it closes, also while the server is silent', async () => {
  double.faults.appends.always({ failure: 'silence' });
  const running = store.append(newWrites(1));
  const outcome = expectError(running, 'outcome_unknown');
  await store.close();
  await outcome;
  await expectError(store.head(), 'closed');
});
