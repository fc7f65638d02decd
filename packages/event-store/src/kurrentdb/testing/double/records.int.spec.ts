import { randomUUID } from 'node:crypto';
import client from '@kurrent/kurrentdb-client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { all, check, errorOf, event, places, record, type Scene, servers } from './rules.fixture.ts';

const { binaryEvent, jsonEvent } = client;

describe.each(servers)('appends of records, answered by $name', ({ open }) => {
  let scene: Scene;
  beforeAll(async () => {
    scene = await open();
  });
  afterAll(() => scene.close());

  const violation = (checkIndex: number, name: string, expectedState: unknown, actualState: unknown) => ({
    checkIndex,
    streamName: scene.of(name),
    expectedState,
    actualState,
  });
  const seed = (name: string, count = 1) =>
    scene.client.appendRecords(
      Array.from({ length: count }, () => record(scene.of(name))),
      [check(scene.of(name), 'no_stream')],
    );

  it('keeps the order of interleaved records, and answers a revision per stream', async () => {
    const [a, b] = [scene.of('order-a'), scene.of('order-b')];
    const answer = await scene.client.appendRecords(
      [record(a), record(b), record(a)],
      [check(b, 'no_stream'), check(a, 'no_stream')],
    );
    expect(answer.responses).toEqual([
      { streamName: a, revision: 1n },
      { streamName: b, revision: 0n },
    ]);
    const stored = await all(scene.client.readAll({ maxCount: 100, filter: scene.filter }));
    const mine = stored.filter(({ event: seen }) => [a, b].includes(seen!.streamId));
    expect(mine.map(({ event: seen }) => `${seen!.streamId}@${seen!.revision}`)).toEqual([
      `${a}@0`,
      `${b}@0`,
      `${a}@1`,
    ]);
    expect(mine.at(-1)?.event?.position).toEqual({ commit: answer.position, prepare: answer.position });
  });

  it('answers a whole call that is repeated as the first time, also after later writes', async () => {
    const [a, b] = [scene.of('again-a'), scene.of('again-b')];
    const sent = [record(a), record(b), record(a)];
    const checks = [check(a, 'no_stream'), check(b, 'no_stream')];
    const first = await scene.client.appendRecords(sent, checks);
    await scene.client.appendRecords([record(a)], [check(a, 1n)]);
    expect(await scene.client.appendRecords(sent, checks)).toEqual(first);
    expect(await places(scene.client.readStream(a, { maxCount: 10 }))).toHaveLength(3);
  });

  it('names all offenders, and only those', async () => {
    await seed('off-a', 3);
    await seed('off-b');
    const names = ['off-a', 'off-b', 'off-c'].map(scene.of);
    const error = await errorOf(
      scene.client.appendRecords(
        names.map((name) => record(name)),
        [check(names[0]!, 9n), check(names[1]!, 'no_stream'), check(names[2]!, 'no_stream')],
      ),
    );
    expect(error).toMatchObject({
      type: 'append-consistency-violation',
      violations: [violation(0, 'off-a', 9n, 2n), violation(1, 'off-b', 'no_stream', 0n)],
    });
    const missing = all(scene.client.readStream(names[2]!, { maxCount: 1 }));
    expect(await errorOf(missing)).toMatchObject({ type: 'stream-not-found' });
  });

  it('takes old records beside new ones for a violation by the old', async () => {
    const [old, fresh] = [scene.of('mixed-old'), scene.of('mixed-new')];
    const sent = record(old);
    await scene.client.appendRecords([sent], [check(old, 'no_stream')]);
    const error = await errorOf(
      scene.client.appendRecords([sent, record(fresh)], [check(old, 'no_stream'), check(fresh, 'no_stream')]),
    );
    expect(error.violations).toEqual([violation(0, 'mixed-old', 'no_stream', 0n)]);
  });

  it('checks streams that it does not write to, but not when it is repeated', async () => {
    await seed('looked-at');
    const [seen, written] = [scene.of('looked-at'), scene.of('written')];
    const sent = [record(written)];
    const checks = [check(seen, 0n), check(written, 'no_stream')];
    const first = await scene.client.appendRecords(sent, checks);
    expect(first.responses).toEqual([{ streamName: written, revision: 0n }]);
    await scene.client.appendRecords([record(seen)], []);
    expect(await scene.client.appendRecords(sent, checks)).toEqual(first);
    const error = await errorOf(
      scene.client.appendRecords([record(written)], [check(seen, 0n), check(written, 0n)]),
    );
    expect(error.violations).toEqual([violation(0, 'looked-at', 0n, 1n)]);
  });

  it('takes streams whose names differ by case for one, spelled as in the check', async () => {
    const [lower, upper] = [scene.of('case'), scene.of('case').toUpperCase()];
    await scene.client.appendRecords([record(lower), record(upper)], [check(upper, 'no_stream')]);
    expect(await places(scene.client.readStream(upper, { maxCount: 9 }))).toEqual([
      `${upper}@0`,
      `${upper}@1`,
    ]);
    const missing = all(scene.client.readStream(lower, { maxCount: 1 }));
    expect(await errorOf(missing)).toMatchObject({ type: 'stream-not-found' });
    const twice = [check(lower, 'no_stream'), check(upper, 'no_stream')];
    expect(await errorOf(scene.client.appendRecords([record(lower)], twice))).toMatchObject({ code: 3 });
  });

  it('refuses what is not valid', async () => {
    const name = scene.of('invalid');
    const typed = (type: string) => record(name, jsonEvent({ type, data: {} }));
    const calls = [
      () => scene.client.appendRecords([], []),
      () => scene.client.appendRecords([record(name)], [check(name, 'any')]),
      () => scene.client.appendRecords([record(name, event({}, 'nonsense'))], []),
      () => scene.client.appendRecords([typed('a b')], []),
      () => scene.client.appendRecords([typed('')], []),
    ];
    for (const call of calls) expect(await errorOf(call())).toMatchObject({ type: 'unknown', code: 3 });
  });

  it('refuses a record that is too large, by its size', async () => {
    const large = event({ text: 'x'.repeat(17_000_000) });
    const error = await errorOf(scene.client.appendRecords([record(scene.of('large'), large)], []));
    expect(error).toMatchObject({ type: 'append-record-size-exceeded', maxSize: 16 * 1024 * 1024 });
  });

  it('reads metadata back with the schema added, bytes as bytes, ids in lower case', async () => {
    const name = scene.of('metadata');
    const id = randomUUID();
    const json = jsonEvent({ id: id.toUpperCase(), type: 'Tested', data: { n: 1 }, metadata: { a: '1' } });
    const bytes = binaryEvent({ type: 'Bytes', data: Buffer.from([1, 2, 255]), metadata: { b: '2' } });
    await scene.client.appendRecords([record(name, json), { streamName: name, record: bytes }], []);
    const [first, second] = await all(scene.client.readStream(name, { maxCount: 2 }));
    expect(first?.event).toMatchObject({
      id,
      isJson: true,
      data: { n: 1 },
      metadata: { a: '1', '$schema.name': 'Tested', '$schema.format': 'Json' },
    });
    expect(second?.event).toMatchObject({
      isJson: false,
      metadata: { b: '2', '$schema.name': 'Bytes', '$schema.format': 'Bytes' },
    });
    expect([...(second!.event!.data as Uint8Array)]).toEqual([1, 2, 255]);
  });
});
