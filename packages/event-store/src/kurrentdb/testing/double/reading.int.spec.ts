import client from '@kurrent/kurrentdb-client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { all, check, errorOf, events, places, record, type Scene, servers } from './rules.fixture.ts';

const { eventTypeFilter, excludeSystemEvents, jsonEvent, streamNameFilter } = client;

describe.each(servers)('reads of a stream, answered by $name', ({ open }) => {
  let scene: Scene;
  beforeAll(async () => {
    scene = await open();
    await scene.client.appendToStream(scene.of('s'), events(5), { streamState: 'no_stream' });
  });
  afterAll(() => scene.close());

  type Options = Parameters<Scene['client']['readStream']>[1];
  const read = async (options: Options) =>
    (await all(scene.client.readStream(scene.of('s'), { maxCount: 10, ...options }))).map((seen) =>
      Number(seen.event?.revision),
    );

  it('begins at a revision inclusive, forwards and backwards', async () => {
    expect(await read({ fromRevision: 2n })).toEqual([2, 3, 4]);
    expect(await read({ fromRevision: 2n, direction: 'backwards' })).toEqual([2, 1, 0]);
    expect(await read({ fromRevision: 'end', direction: 'backwards', maxCount: 2 })).toEqual([4, 3]);
    expect(await read({ maxCount: 2 })).toEqual([0, 1]);
  });

  it('shows nothing beyond the end forwards, and all backwards', async () => {
    expect(await read({ fromRevision: 99n })).toEqual([]);
    expect(await read({ fromRevision: 99n, direction: 'backwards' })).toEqual([4, 3, 2, 1, 0]);
  });

  it('says that a stream is missing', async () => {
    const missing = all(scene.client.readStream(scene.of('missing'), { maxCount: 1 }));
    expect(await errorOf(missing)).toMatchObject({
      type: 'stream-not-found',
      streamName: scene.of('missing'),
    });
  });

  it('falls over a read of nothing', async () => {
    expect(await errorOf(read({ maxCount: 0 }))).toMatchObject({ type: 'unavailable' });
  });
});

describe.each(servers)('reads of the log, answered by $name', ({ open }) => {
  let scene: Scene;
  let positions: { commit: bigint; prepare: bigint }[];
  beforeAll(async () => {
    scene = await open();
    const [x, y] = [scene.of('x'), scene.of('y')];
    const typed = { streamName: x, record: jsonEvent({ type: scene.of('Type'), data: {} }) };
    const checks = [check(x, 'no_stream'), check(y, 'no_stream')];
    await scene.client.appendRecords([record(x), record(y), typed, record(y)], checks);
    positions = (await all(scene.client.readAll({ maxCount: 10, filter: scene.filter }))).map(
      (seen) => seen.event!.position!,
    );
  });
  afterAll(() => scene.close());

  type Options = Parameters<Scene['client']['readAll']>[0];
  const read = async (options: Options) =>
    (await places(scene.client.readAll({ maxCount: 10, filter: scene.filter, ...options }))).map((place) =>
      place.slice(-3),
    );

  it('gives strictly increasing positions with gaps', () => {
    const commits = positions.map(({ commit }) => commit);
    for (const [at, commit] of commits.slice(1).entries()) expect(commit).toBeGreaterThan(commits[at]! + 1n);
  });

  it('begins inclusive forwards and exclusive backwards', async () => {
    expect(await read({ fromPosition: positions[1]! })).toEqual(['y@0', 'x@1', 'y@1']);
    expect(await read({ fromPosition: positions[2]!, direction: 'backwards' })).toEqual(['y@0', 'x@0']);
    expect(await read({ fromPosition: 'end', direction: 'backwards', maxCount: 2 })).toEqual(['y@1', 'x@1']);
  });

  it('filters by prefixes of streams and of types', async () => {
    const prefixes = [scene.of('y')];
    expect(await read({ filter: streamNameFilter({ prefixes }) })).toEqual(['y@0', 'y@1']);
    expect(await read({ filter: streamNameFilter({ prefixes: [scene.of('Y')] }) })).toEqual([]);
    expect(await read({ filter: eventTypeFilter({ prefixes: [scene.of('Type')] }) })).toEqual(['x@1']);
    expect(await read({ filter: eventTypeFilter({ regex: `^${scene.of('T')}` }) })).toEqual(['x@1']);
  });

  it("shows the server's own events unless they are filtered out", async () => {
    const types = async (options: Options) =>
      (await all(scene.client.readAll({ maxCount: 100, ...options }))).map((seen) => seen.event!.type);
    expect((await types({})).some((type) => type.startsWith('$'))).toBe(true);
    expect((await types({ filter: excludeSystemEvents() })).some((type) => type.startsWith('$'))).toBe(false);
  });

  it('falls over a place where no record begins, or beyond what a position can be', async () => {
    for (const direction of ['forwards', 'backwards'] as const) {
      const commit = positions[1]!.commit + 3n;
      const fromPosition = { commit, prepare: commit };
      expect(await errorOf(read({ fromPosition, direction }))).toMatchObject({ type: 'unavailable' });
    }
    const huge = { commit: 2n ** 64n - 10n, prepare: 2n ** 64n - 10n };
    expect(await errorOf(read({ fromPosition: huge }))).toMatchObject({ type: 'unavailable' });
  });

  it('shows nothing beyond the end forwards, and falls over it backwards', async () => {
    const fromPosition = { commit: 10n ** 15n, prepare: 10n ** 15n };
    expect(await read({ fromPosition })).toEqual([]);
    expect(await errorOf(read({ fromPosition, direction: 'backwards' }))).toMatchObject({
      type: 'unavailable',
    });
  });
});
