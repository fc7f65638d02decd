import client from '@kurrent/kurrentdb-client';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { event, record, type Scene, servers } from './rules.fixture.ts';

const { streamNameFilter } = client;
const patience = { timeout: 10_000 };

type Options = NonNullable<Parameters<Scene['client']['subscribeToAll']>[0]>;

describe.each(servers)('subscriptions to the log, answered by $name', ({ open }) => {
  let scene: Scene;
  const stops: (() => Promise<void>)[] = [];
  beforeAll(async () => {
    scene = await open();
  });
  afterEach(async () => {
    for (const stop of stops.splice(0)) await stop();
  });
  afterAll(() => scene.close());

  const write = (name: string, count: number) =>
    scene.client.appendRecords(
      Array.from({ length: count }, (_, n) => record(scene.of(name), event({ n }))),
      [],
    );
  const filterOn = (name: string, interval = 1, maxSearchWindow = 10) =>
    streamNameFilter({ prefixes: [scene.of(name)], checkpointInterval: interval, maxSearchWindow });
  const place = (commit: bigint) => ({ commit, prepare: commit });

  /** What a subscription says, as it comes. */
  const follow = (options: Options): string[] => {
    const said: string[] = [];
    const filter = options.filter && {
      ...options.filter,
      checkpointReached: () => {
        said.push('checkpoint');
      },
    };
    const subscription = scene.client.subscribeToAll({
      ...options,
      ...(filter ? { filter } : {}),
    } as Options);
    subscription.on('confirmation', () => said.push('confirmed'));
    subscription.on('caughtUp', () => said.push('caught up'));
    subscription.on('error', (error) => said.push(`error: ${error.message}`));
    subscription.on('data', (seen) => said.push(`${seen.event?.streamId}@${seen.event?.revision}`));
    stops.push(() => subscription.unsubscribe());
    return said;
  };
  const heard = (said: string[]) => said.filter((word) => word.includes('@'));

  it('begins after a position, catches up, and goes on live', async () => {
    const { position } = await write('a', 1);
    await write('a', 2);
    const said = follow({ filter: filterOn('a'), fromPosition: place(position) });
    await vi.waitFor(() => expect(said).toContain('caught up'), patience);
    expect(said[0]).toBe('confirmed');
    const names = [1, 2, 3].map((revision) => `${scene.of('a')}@${revision}`);
    expect(heard(said)).toEqual(names.slice(0, 2));
    expect(said.at(-2)).toBe('checkpoint');
    await write('a', 1);
    await vi.waitFor(() => expect(heard(said)).toEqual(names), patience);
  });

  it('begins at the end live at once, without a checkpoint', async () => {
    await write('b', 1);
    const said = follow({ filter: filterOn('b'), fromPosition: 'end' });
    await vi.waitFor(() => expect(said).toEqual(['confirmed', 'caught up']), patience);
    await write('b', 1);
    await vi.waitFor(() => expect(heard(said)).toEqual([`${scene.of('b')}@1`]), patience);
  });

  it('sends checkpoints while a filter lets nothing pass', async () => {
    const said = follow({ filter: filterOn('nothing'), fromPosition: 'end' });
    await vi.waitFor(() => expect(said).toContain('caught up'), patience);
    await write('c', 25);
    await vi.waitFor(() => expect(said.filter((word) => word === 'checkpoint')).toHaveLength(2), patience);
  });

  it('sends no checkpoints without a filter', async () => {
    const { position } = await write('d', 1);
    await write('d', 40);
    const said = follow({ fromPosition: place(position) });
    await vi.waitFor(() => expect(said).toContain('caught up'), patience);
    expect(said).not.toContain('checkpoint');
    const mine = heard(said).filter((word) => word.startsWith(scene.of('d')));
    expect(mine).toHaveLength(40);
  });

  it('refuses a place that is no beginning of a record', async () => {
    const { position } = await write('e', 2);
    const said = follow({ filter: filterOn('e'), fromPosition: place(position - 3n) });
    await vi.waitFor(
      () => expect(said).toContain('error: 3 INVALID_ARGUMENT: Trying to read from an invalid position.'),
      patience,
    );
  });

  it('waits where it begins beyond the end', async () => {
    const said = follow({ filter: filterOn('f'), fromPosition: place(10n ** 15n) });
    await vi.waitFor(() => expect(said).toContain('caught up'), patience);
    expect(heard(said)).toEqual([]);
  });

  it('holds everything for a client that is slow to read, and loses nothing', async () => {
    const count = 2_000;
    const { position } = await write('g', 1);
    for (let part = 0; part < 4; part++) await write('g', count / 4);
    const options = { filter: filterOn('g', 1, 1_000), fromPosition: place(position) };
    const subscription = scene.client.subscribeToAll(options, { highWaterMark: 1 });
    stops.push(() => subscription.unsubscribe());
    const seen: bigint[] = [];
    for await (const { event: one } of subscription) {
      seen.push(one!.revision);
      if (seen.length === count) break;
      if (seen.length % 100 === 0) await new Promise((resume) => setImmediate(resume));
    }
    expect(seen).toEqual(Array.from({ length: count }, (_, n) => BigInt(n + 1)));
  });
});
