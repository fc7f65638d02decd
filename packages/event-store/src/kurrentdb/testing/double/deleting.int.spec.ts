import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { check, errorOf, event, events, places, record, type Scene, servers } from './rules.fixture.ts';

const patience = { timeout: 10_000 };

describe.each(servers)('streams that are cut or deleted, answered by $name', ({ open }) => {
  let scene: Scene;
  beforeAll(async () => {
    scene = await open();
  });
  afterAll(() => scene.close());

  const begin = async (name: string, count = 3) => {
    await scene.client.appendToStream(scene.of(name), events(count), { streamState: 'no_stream' });
    return scene.of(name);
  };
  const revisions = async (stream: string) =>
    (await places(scene.client.readStream(stream, { maxCount: 10 }))).map((place) =>
      Number(place.split('@').at(-1)),
    );
  const append = (stream: string, streamState: 'no_stream' | 'any' | 'stream_exists' | bigint) =>
    scene.client.appendToStream(stream, event(), { streamState });

  it('shows a stream from where it is truncated, and goes on numbering', async () => {
    const stream = await begin('truncated');
    await scene.client.setStreamMetadata(stream, { truncateBefore: 2 });
    expect(await revisions(stream)).toEqual([2]);
    expect(await append(stream, 2n)).toMatchObject({ nextExpectedRevision: 3n });
    await scene.client.setStreamMetadata(stream, { truncateBefore: 4 });
    expect(await revisions(stream)).toEqual([]);
    await scene.client.setStreamMetadata(stream, { maxCount: 2 });
    expect(await revisions(stream)).toEqual([2, 3]);
  });

  it('hides a deleted stream until it is appended to', async () => {
    const stream = await begin('deleted', 2);
    await scene.client.deleteStream(stream);
    expect(await errorOf(revisions(stream))).toMatchObject({ type: 'stream-not-found' });
    expect(await errorOf(append(stream, 'stream_exists'))).toMatchObject({ type: 'stream-deleted' });
    const looked = scene.client.appendRecords([record(stream)], [check(stream, 'stream_exists')]);
    expect(await errorOf(looked)).toMatchObject({ violations: [{ actualState: -5n }] });
    expect(await append(stream, 'no_stream')).toMatchObject({ nextExpectedRevision: 2n });
    // The append is answered before the stream is shown again.
    await vi.waitFor(async () => expect(await revisions(stream)).toEqual([2]), patience);
  });

  it('deletes no stream that never was, or is elsewhere', async () => {
    const never = scene.client.deleteStream(scene.of('never'));
    expect(await errorOf(never)).toMatchObject({ type: 'wrong-expected-version', actualState: -1n });
    const stream = await begin('elsewhere');
    const wrong = scene.client.deleteStream(stream, { expectedRevision: 9n });
    expect(await errorOf(wrong)).toMatchObject({ type: 'wrong-expected-version', actualState: 2n });
  });

  it('ends a stream for ever with a tombstone', async () => {
    const stream = await begin('ended');
    await scene.client.tombstoneStream(stream);
    expect(await errorOf(revisions(stream))).toMatchObject({ type: 'stream-deleted' });
    expect(await errorOf(append(stream, 'any'))).toMatchObject({ type: 'stream-deleted' });
    expect(await errorOf(scene.client.deleteStream(stream))).toMatchObject({ type: 'stream-deleted' });
    const written = scene.client.appendRecords([record(stream)], []);
    expect(await errorOf(written)).toMatchObject({
      violations: [{ expectedState: 'any', actualState: -6n }],
    });
    const log = await places(scene.client.readAll({ maxCount: 100, filter: scene.filter }));
    expect(log).toContain(`${stream}@${2n ** 63n - 1n}`);
  });
});
