import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { all, check, errorOf, record, sceneAt } from './rules.fixture.ts';

let folder: string;
let children: ChildProcess[] = [];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'double-'));
});
afterEach(async () => {
  for (const child of children) await end(child, 'SIGKILL');
  children = [];
  await rm(folder, { recursive: true });
});

const end = async (child: ChildProcess, signal: 'SIGKILL' | 'SIGTERM') => {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill(signal);
  await once(child, 'exit');
};

const start = async (...args: string[]) => {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'main.ts'), ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  children.push(child);
  const [url] = (await once(createInterface(child.stdout!), 'line')) as [string];
  return { child, url };
};

it('keeps what it answered in its file when it is killed', async () => {
  const file = join(folder, 'log');
  const first = await start('--port', '0', '--file', file);
  const scene = sceneAt(first.url);
  const stream = scene.of('s');
  const sent = [record(stream), record(stream)];
  const answer = await scene.client.appendRecords(sent, [check(stream, 'no_stream')]);
  await end(first.child, 'SIGKILL');
  await scene.close();
  await appendFile(file, '[{"torn');

  for (let life = 0; life < 2; life++) {
    const next = await start('--file', file, '--port', new URL(first.url).port);
    const again = sceneAt(next.url);
    const seen = await all(again.client.readStream(stream, { maxCount: 10 }));
    expect(seen.map(({ event }) => event?.id).slice(0, 2)).toEqual(sent.map((one) => one.record.id));
    expect(seen).toHaveLength(2 + life);
    expect(await again.client.appendRecords(sent, [check(stream, 'no_stream')])).toEqual(answer);
    await again.client.appendRecords([record(stream)], []);
    await again.close();
    await end(next.child, life === 0 ? 'SIGKILL' : 'SIGTERM');
  }
});

it('can lack appends of records', async () => {
  const { url } = await start('--lacks-append-records', '--version', '25.1.0');
  const scene = sceneAt(url);
  const error = await errorOf(scene.client.appendRecords([record(scene.of('s'))], []));
  expect(error).toMatchObject({ type: 'unsupported' });
  await scene.close();
});
