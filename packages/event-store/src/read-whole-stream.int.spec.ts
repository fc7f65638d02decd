import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { openEventStore } from './open.ts';
import type { EventStore } from './port.ts';
import { readWholeStream } from './read-whole-stream.ts';

let dir: string;
let store: EventStore;

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'carat-whole-'));
  store = await openEventStore(`sqlite:${join(dir, 'log.db')}`);
});
afterEach(async () => {
  await store.close();
  await rm(dir, { recursive: true });
});

it('reads nothing of a stream that is not there', async () => {
  expect(await readWholeStream(store, 'log', 2)).toEqual([]);
});

it.each([1, 2, 3, 5, 6])('reads every event once, in order, in pages of %i', async (pageEvents) => {
  const events = [0, 1, 2, 3, 4].map((n) => ({ id: randomUUID(), type: 'Happened', data: { n } }));
  await store.append([{ stream: 'log', expected: 'no_stream', events }]);
  await store.append([
    { stream: 'another', expected: 'no_stream', events: [{ ...events[0]!, id: randomUUID() }] },
  ]);
  const read = await readWholeStream(store, 'log', pageEvents);
  expect(read.map(({ id, revision }) => [id, revision])).toEqual(events.map(({ id }, n) => [id, n]));
});
