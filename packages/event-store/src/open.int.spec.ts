import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { append, expectError, newEvents } from './laws/fixtures.ts';
import { openEventStore } from './open.ts';

const folder = mkdtempSync(join(tmpdir(), 'carat-open-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

it('opens a log by its address, and makes the folders it lies in', async () => {
  const url = `sqlite:${join(folder, 'some', 'where', 'log.db')}`;
  const store = await openEventStore(url);
  await append(store, 'a-1', 'no_stream', newEvents(1));
  await store.close();
  const again = await openEventStore(url);
  expect(await again.readStream('a-1', { limit: 1 })).toMatchObject({ exists: true, last: 0 });
  await again.close();
});

it('refuses an address that it has no adapter for', async () => {
  const unknown = ['', 'sqlite', 'sqlite:', 'postgres://x', '/some/where/log.db', 'kurrent://x', 'SQLITE:x'];
  for (const url of unknown) await expectError(openEventStore(url), 'invalid_input');
  await expect(openEventStore('postgres://me:secret@x')).rejects.not.toThrow('secret');
});

it('hands the addresses of servers to the adapter that knows them', async () => {
  for (const scheme of ['kurrentdb', 'kdb', 'esdb', 'kurrentdb+discover', 'kdb+discover', 'esdb+discover']) {
    const opening = openEventStore(`${scheme}://x?gossipTimeout=5`);
    await expectError(opening, 'invalid_input');
    await expect(opening).rejects.toThrow('The address of the KurrentDB has the option gossipTimeout');
  }
});

it('refuses a path whose folders can’t be made', async () => {
  writeFileSync(join(folder, 'file'), '');
  await expectError(openEventStore(`sqlite:${join(folder, 'file', 'log.db')}`), 'not_a_log');
});
