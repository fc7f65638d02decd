import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { type Cluster, startCluster } from './cluster.ts';
import { all, errorOf, event, record, type Scene, sceneAt } from './rules.fixture.ts';

const patience = { timeout: 20_000 };
let cluster: Cluster;
let scene: Scene;

beforeEach(async () => {
  cluster = await startCluster(2);
  scene = sceneAt(cluster.url);
});
afterEach(async () => {
  await scene.close();
  await cluster.stop();
});

const append = () => scene.client.appendRecords([record(scene.of('s'))], []);

it('is found by gossip, and the client goes to the leader', async () => {
  await append();
  const [first, second] = cluster.nodes;
  expect([first!.faults.appends.calls, second!.faults.appends.calls]).toEqual([1, 0]);
  expect(await all(scene.client.readStream(scene.of('s'), { maxCount: 1 }))).toHaveLength(1);
});

it('follows another leader when the first is killed', async () => {
  await append();
  const [first, second] = cluster.nodes;
  await first!.kill();
  cluster.elect(second!);
  await vi.waitFor(append, patience);
  expect(second!.faults.appends.calls).toBeGreaterThan(0);
  expect(second!.log.stream(scene.of('s')).length).toBeGreaterThanOrEqual(2);
});

it('has followers that forward appends to a stream, unless the leader was asked for', async () => {
  const [, follower] = cluster.nodes;
  const other = sceneAt(follower!.url);
  const streamName = other.of('s');
  expect(await other.client.appendToStream(streamName, event())).toMatchObject({ success: true });
  const asked = other.client.appendRecords([record(streamName)], []);
  expect(await errorOf(asked)).toMatchObject({ type: 'unknown', code: 9 });
  expect(follower!.log.stream(streamName)).toHaveLength(1);
  await other.close();
});

it('can gossip what is not so', async () => {
  for (const { faults } of cluster.nodes) faults.gossip = () => [];
  const misled = sceneAt(`${cluster.url}&maxDiscoverAttempts=2&discoveryInterval=20`);
  const sent = misled.client.appendToStream(misled.of('s'), event());
  expect(await errorOf(sent)).toMatchObject({ message: 'Failed to discover after 2 attempts.' });
  await misled.close();
});
