import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { all, errorOf, event, events, places, type Scene, servers } from './rules.fixture.ts';

/** Each was measured on 26.0.3 too; the sources are named where the double has the rule. */
describe.each(servers)('appends to one stream, answered by $name', ({ open }) => {
  let scene: Scene;
  beforeAll(async () => {
    scene = await open();
  });
  afterAll(() => scene.close());

  const append = (name: string, sent: ReturnType<typeof events>, streamState: 'no_stream' | bigint | 'any') =>
    scene.client.appendToStream(scene.of(name), sent, { streamState });
  const revisions = (name: string) => places(scene.client.readStream(scene.of(name), { maxCount: 100 }));

  it('gives consecutive revisions, and the position of the last event', async () => {
    const sent = events(3);
    const answer = await append('whole', sent, 'no_stream');
    expect(answer).toMatchObject({ success: true, nextExpectedRevision: 2n });
    const stored = await all(scene.client.readStream(scene.of('whole'), { maxCount: 10 }));
    expect(stored.map((seen) => [seen.event?.revision, seen.event?.id, seen.event?.data])).toEqual(
      sent.map(({ id, data }, revision) => [BigInt(revision), id, data]),
    );
    expect(stored.at(-1)?.event?.position).toEqual(answer.position);
    expect(answer.position?.commit).toBe(answer.position?.prepare);
  });

  it('tells time in whole seconds when it is read', async () => {
    await append('time', events(1), 'no_stream');
    const [stored] = await all(scene.client.readStream(scene.of('time'), { maxCount: 1 }));
    const created = stored!.event!.created.getTime();
    expect(created % 1000).toBe(0);
    expect(Math.abs(created - Date.now())).toBeLessThan(10_000);
  });

  it.each([
    ['no_stream', 'exists', 1n],
    [0n, 'exists', 1n],
    [9n, 'exists', 1n],
    [0n, 'missing', 'no_stream'],
    ['stream_exists', 'missing', 'no_stream'],
  ] as const)('expecting %s of a stream that %s is a conflict', async (expected, name, actual) => {
    if (name === 'exists') await append(`conflict-${expected}`, events(2), 'no_stream');
    const streamName = scene.of(`conflict-${expected}${name === 'missing' ? '-not' : ''}`);
    const error = await errorOf(scene.client.appendToStream(streamName, event(), { streamState: expected }));
    expect(error).toMatchObject({
      type: 'wrong-expected-version',
      streamName,
      expectedState: expected,
      actualState: actual,
    });
  });

  it('answers the very same append as the first time, whatever was written since', async () => {
    const sent = events(3);
    const first = await append('again', sent, 'no_stream');
    await append('again', events(2), 2n);
    expect(await append('again', sent, 'no_stream')).toEqual(first);
    const prefix = await append('again', sent.slice(0, 2), 'no_stream');
    expect(prefix).toMatchObject({ success: true, nextExpectedRevision: 1n });
    expect(await revisions('again')).toHaveLength(5);
  });

  it('takes a longer or altered repetition for a conflict', async () => {
    const sent = events(2);
    await append('altered', sent, 'no_stream');
    const conflict = { type: 'wrong-expected-version', actualState: 1n };
    expect(await errorOf(append('altered', [...sent, event()], 'no_stream'))).toMatchObject(conflict);
    expect(await errorOf(append('altered', [sent[0]!, event()], 'no_stream'))).toMatchObject(conflict);
    expect(await errorOf(append('altered', [event(), sent[1]!], 'no_stream'))).toMatchObject(conflict);
    expect(await revisions('altered')).toHaveLength(2);
  });

  it('knows ids that were written lately where no revision is expected', async () => {
    const sent = events(2);
    await append('weak', sent, 'any');
    expect(await append('weak', sent, 'any')).toMatchObject({ nextExpectedRevision: 1n });
    expect(await errorOf(append('weak', [sent[0]!, event()], 'any'))).toMatchObject({ actualState: 1n });
    expect(await append('weak', [event(), sent[0]!], 'any')).toMatchObject({ nextExpectedRevision: 3n });
  });

  it('stores an id twice where it is sent so', async () => {
    const twin = event();
    expect(await append('twin', [twin, twin], 'no_stream')).toMatchObject({ nextExpectedRevision: 1n });
    expect(await append('twin-2', [twin], 'no_stream')).toMatchObject({ nextExpectedRevision: 0n });
  });

  it('answers an append without events with where the stream is', async () => {
    expect(await append('empty', [], 'any')).toMatchObject({ success: true, nextExpectedRevision: 0n });
    const missing = all(scene.client.readStream(scene.of('empty'), { maxCount: 1 }));
    expect(await errorOf(missing)).toMatchObject({ type: 'stream-not-found' });
    await append('empty', events(3), 'no_stream');
    expect(await append('empty', [], 'any')).toMatchObject({ success: true, nextExpectedRevision: 2n });
  });

  it('refuses an id that is no UUID', async () => {
    const error = await errorOf(append('no-uuid', [event({}, 'nonsense')], 'any'));
    expect(error).toMatchObject({ type: 'unknown', message: 'Could not recognize BadRequest' });
  });

  it('takes appends with credentials by the call for one append', async () => {
    const credentials = { username: 'admin', password: 'changeit' };
    const streamName = scene.of('credentials');
    const send = (streamState: 'no_stream' | bigint) =>
      scene.client.appendToStream(streamName, event(), { streamState, credentials });
    expect(await send('no_stream')).toMatchObject({ success: true, nextExpectedRevision: 0n });
    expect(await errorOf(send(4n))).toMatchObject({
      type: 'wrong-expected-version',
      expectedState: 4n,
      actualState: 0n,
    });
  });
});
