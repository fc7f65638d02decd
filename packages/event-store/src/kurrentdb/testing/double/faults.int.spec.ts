import client from '@kurrent/kurrentdb-client';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type Double, startDouble } from './double.ts';
import type { AppendStep, Failure } from './faults.ts';
import { all, check, errorOf, event, record, type Scene, sceneAt } from './rules.fixture.ts';

const patience = { timeout: 10_000 };
let double: Double;
let scene: Scene;

beforeEach(async () => {
  double = await startDouble();
  // Calls that are never answered end by the client's own limit.
  scene = sceneAt(`${double.url}&defaultDeadline=700`);
});
afterEach(async () => {
  await scene.close();
  await double.stop();
});

const stored = () => double.log.stream(scene.of('s')).length;
const appendRecords = () =>
  scene.client.appendRecords([record(scene.of('s'))], [check(scene.of('s'), 'no_stream')]);
const appendToStream = () =>
  scene.client.appendToStream(scene.of('s'), event(), { streamState: 'no_stream' });
const read = () => all(scene.client.readAll({ maxCount: 10, filter: scene.filter }));

describe('an append of records', () => {
  it.each<[Failure, Record<string, unknown>]>([
    ['refuse', { type: 'unavailable' }],
    ['silence', { type: 'deadline-exceeded' }],
    ['cut', { type: 'unavailable' }],
    ['end', { code: 12 }],
    ['deadline_exceeded', { type: 'deadline-exceeded' }],
    ['timeout', { type: 'deadline-exceeded' }],
    ['busy', { type: 'unavailable' }],
    ['not_ready', { type: 'unavailable' }],
    ['not_leader', { type: 'unknown', code: 9 }],
    ['access_denied', { type: 'unknown', code: 7 }],
    ['unauthenticated', { type: 'access-denied' }],
    ['invalid', { type: 'unknown', code: 3 }],
    ['unimplemented', { type: 'unknown', code: 12 }],
  ])('that meets "%s" fails so, written or not', async (failure, expected) => {
    double.faults.appends.next({ failure });
    expect(await errorOf(appendRecords())).toMatchObject(expected);
    expect(stored()).toBe(0);
    double.faults.appends.next({ failure, written: true });
    expect(await errorOf(appendRecords())).toMatchObject(expected);
    await vi.waitFor(() => expect(stored()).toBe(1), patience);
    expect(double.faults.appends.calls).toBe(2);
  });

  it.each([false, true])(
    'that is late is answered when it is let go (written first: %s)',
    async (written) => {
      const gate = Promise.withResolvers<void>();
      double.faults.appends.next({ failure: 'late', until: gate.promise, written });
      const answer = appendRecords();
      await vi.waitFor(() => expect(double.faults.appends.calls).toBe(1), patience);
      await vi.waitFor(() => expect(stored()).toBe(written ? 1 : 0), patience);
      gate.resolve();
      expect(await answer).toMatchObject({ responses: [{ revision: 0n }] });
    },
  );

  it('can fail for some calls, or until told otherwise', async () => {
    double.faults.appends.next({ failure: 'busy' }, 2);
    await errorOf(appendRecords());
    await errorOf(appendRecords());
    await appendRecords();
    double.faults.appends.always({ failure: 'busy' });
    for (let call = 0; call < 3; call++) await errorOf(appendRecords());
    double.faults.clear();
    expect(await errorOf(appendRecords())).toMatchObject({ type: 'append-consistency-violation' });
  });

  it.each<[AppendStep, number]>([
    ['received', 0],
    ['checked', 0],
    ['written', 1],
  ])('that dies with the double when it is %s leaves %s records', async (dying, left) => {
    const steps: AppendStep[] = [];
    double.faults.onStep = async (step, { streams, ids }) => {
      expect([streams, ids.length]).toEqual([[scene.of('s')], 1]);
      steps.push(step);
      if (step === dying) await double.kill();
    };
    await errorOf(appendRecords());
    expect(stored()).toBe(left);
    expect(steps.at(-1)).toBe(dying);
    double.faults.clear();
    await double.restart();
    expect(stored()).toBe(left);
    await vi.waitFor(() => scene.client.appendToStream(scene.of('t'), event()), patience);
  });

  it('passes all steps in order', async () => {
    const steps: AppendStep[] = [];
    double.faults.onStep = (step) => void steps.push(step);
    await appendRecords();
    await vi.waitFor(() => expect(steps).toEqual(['received', 'checked', 'written', 'answered']), patience);
  });
});

describe('an append to a stream', () => {
  it.each<[Failure, Record<string, unknown>]>([
    ['refuse', { type: 'unavailable' }],
    ['cut', { type: 'unavailable' }],
    ['deadline_exceeded', { type: 'deadline-exceeded' }],
    ['timeout', { type: 'deadline-exceeded' }],
    ['busy', { type: 'unknown', message: 'Could not recognize Server Is Busy' }],
    ['not_ready', { type: 'unknown', message: 'Could not recognize Server Is Not Ready' }],
    ['not_leader', { type: 'not-leader' }],
    ['access_denied', { type: 'access-denied' }],
    ['unauthenticated', { type: 'access-denied' }],
    ['invalid', { type: 'unknown', message: 'Could not recognize BadRequest' }],
  ])('that meets "%s" fails so', async (failure, expected) => {
    double.faults.appends.next({ failure, leader: { host: '127.0.0.1', port: double.port } });
    expect(await errorOf(appendToStream())).toMatchObject(expected);
    expect(stored()).toBe(0);
    await vi.waitFor(appendToStream, patience);
  });

  it.each<Failure>(['silence', 'end'])('that meets "%s" is never answered', async (failure) => {
    double.faults.appends.next({ failure, written: true });
    const settled = vi.fn();
    appendToStream().then(settled, settled);
    await vi.waitFor(() => expect(stored()).toBe(1), patience);
    await read();
    expect(settled).not.toHaveBeenCalled();
    // A client whose stream of appends was ended so waits for ever when it is disposed of.
    if (failure === 'end') scene = sceneAt(double.url);
  });

  it('is refused by a server whose clock is ahead', async () => {
    double.faults.clockSkewMs = 11_000;
    expect(await errorOf(appendToStream())).toMatchObject({ type: 'deadline-exceeded' });
    expect(stored()).toBe(0);
  });
});

describe('a read', () => {
  it.each<[Failure, string]>([
    ['refuse', 'unavailable'],
    ['cut', 'unavailable'],
    ['access_denied', 'access-denied'],
    ['unauthenticated', 'access-denied'],
    ['deadline_exceeded', 'deadline-exceeded'],
  ])('that meets "%s" after some events fails so', async (failure, type) => {
    const many = Array.from({ length: 5 }, () => record(scene.of('s')));
    await scene.client.appendRecords(many, []);
    double.faults.reads.next({ failure, afterMessages: 2 });
    expect(await errorOf(read())).toMatchObject({ type });
  });

  it('ends early where the server ends it', async () => {
    await scene.client.appendRecords([record(scene.of('s')), record(scene.of('s'))], []);
    double.faults.reads.next({ failure: 'end', afterMessages: 1 });
    expect(await read()).toHaveLength(1);
    expect(await read()).toHaveLength(2);
  });

  it('waits for a server that is silent', async () => {
    double.faults.reads.next({ failure: 'silence' });
    const settled = vi.fn();
    read().then(settled, settled);
    await vi.waitFor(() => expect(double.faults.reads.calls).toBe(1), patience);
    await read();
    expect(settled).not.toHaveBeenCalled();
  });
});

describe('a subscription', () => {
  const follow = () => {
    const said: string[] = [];
    const subscription = scene.client.subscribeToAll({ filter: scene.filter });
    for (const name of ['confirmation', 'caughtUp', 'end', 'error'] as const) {
      subscription.on(name, () => said.push(name));
    }
    subscription.on('data', () => said.push('event'));
    return said;
  };

  it.each<[Failure, string]>([
    ['cut', 'error'],
    ['refuse', 'error'],
    ['end', 'end'],
  ])('that meets "%s" after its confirmation says %s', async (failure, last) => {
    await appendRecords();
    double.faults.subscriptions.next({ failure, afterMessages: 2 });
    const said = follow();
    await vi.waitFor(() => expect(said).toContain(last), patience);
    expect(said.slice(0, 2)).toEqual(['confirmation', 'event']);
  });

  it('dies with the double', async () => {
    const said = follow();
    await vi.waitFor(() => expect(said).toContain('caughtUp'), patience);
    await double.kill();
    await vi.waitFor(() => expect(said).toContain('error'), patience);
  });
});

describe('the double', () => {
  it('keeps its log when it is killed, and answers on the same port', async () => {
    await appendRecords();
    await double.kill();
    expect(double.isRunning()).toBe(false);
    expect(await errorOf(appendRecords())).toBeDefined();
    await double.restart();
    const again = sceneAt(double.url);
    expect(await all(again.client.readStream(scene.of('s'), { maxCount: 10 }))).toHaveLength(1);
    await again.close();
  });

  it('forgets what only memory held when it is restarted', async () => {
    const sent = event();
    await scene.client.appendToStream(scene.of('s'), sent, { streamState: 'any' });
    await double.restart();
    await vi.waitFor(
      () => scene.client.appendToStream(scene.of('s'), sent, { streamState: 'any' }),
      patience,
    );
    expect(stored()).toBe(2);
  });

  it('writes what has begun before it stops', async () => {
    const gate = Promise.withResolvers<void>();
    double.faults.onStep = (step) => (step === 'checked' ? gate.promise : undefined);
    const answer = appendRecords().catch(() => undefined);
    await vi.waitFor(() => expect(double.faults.appends.calls).toBe(1), patience);
    const stopped = double.stop();
    gate.resolve();
    await stopped;
    await answer;
    expect(stored()).toBe(1);
  });

  it('is empty again after a clear, and can be altered by hand', async () => {
    await scene.client.appendRecords([record(scene.of('s')), record(scene.of('s'))], []);
    const [first, second] = double.log.stream(scene.of('s'));
    double.log.change(first!.position, { data: Buffer.from('{"altered":true}') });
    expect((await read())[0]?.event?.data).toEqual({ altered: true });
    double.log.remove(second!.position);
    expect(await read()).toHaveLength(1);
    double.log.insert({ ...second!, stream: scene.of('other'), revision: 0 });
    expect((await read()).map(({ event: seen }) => seen?.streamId)).toEqual([
      scene.of('s'),
      scene.of('other'),
    ]);
    double.clear();
    expect(await read()).toEqual([]);
  });

  it('takes connections that it never answers, or none', async () => {
    double.faults.connections = 'silent';
    const quiet = sceneAt(`${double.url}&defaultDeadline=300`);
    const settled = vi.fn();
    quiet.client.appendRecords([record('a')], []).then(settled, settled);
    double.faults.connections = 'answered';
    await appendRecords();
    double.faults.connections = 'refused';
    double.cut();
    expect(await errorOf(appendRecords())).toBeDefined();
    await quiet.close();
  });

  it('can be a server from before appends of records', async () => {
    const old = await startDouble({ version: '25.0.1', appendRecords: false });
    const before = sceneAt(old.url, old.stop);
    const error = await errorOf(before.client.appendRecords([record('a')], []));
    expect(error).toBeInstanceOf(client.UnsupportedError);
    await before.close();
  });
});
