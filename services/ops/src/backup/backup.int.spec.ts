import { randomUUID } from 'node:crypto';
import { mkdtemp, readdir, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type EventStore, openEventStore } from '@carat/event-store';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { runCarat } from '../testing/run-carat.ts';

let dir: string;
let env: Record<string, string>;
let file: string;
let store: EventStore;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'carat-backup-'));
  env = { CARAT_EVENT_STORE: `sqlite:${join(dir, 'log.db')}` };
  file = join(dir, 'copy.db');
  store = await openEventStore(env.CARAT_EVENT_STORE!);
  await give(10);
});
afterEach(async () => {
  await store.close();
  await rm(dir, { recursive: true, force: true });
});

const give = async (events: number): Promise<void> => {
  for (let given = 0; given < events; given += 1) {
    const page = await store.readStream('wallet-ann', { limit: 1, direction: 'backwards' });
    const expected = page.exists ? page.last : 'no_stream';
    const event = { id: randomUUID(), type: 'GiftSent', data: { coins: 1 } };
    await store.append([{ stream: 'wallet-ann', expected, events: [event] }]);
  }
};

const end = async () => {
  const { position, id } = (await store.head())!;
  return { position, event: id };
};

describe('carat backup and carat restore', () => {
  it('copy the log while it is open, and put it back when it is not', async () => {
    const before = await end();
    const { code, stdout, stderr } = await runCarat(['backup', '--json', file], env);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(JSON.parse(stdout)).toEqual({ file, events: 10, ...before, bytes: expect.any(Number) });
    await give(5);
    const after = await end();

    const open = await runCarat(['restore', '--yes', file], env);
    expect(open).toMatchObject({ code: 2, stdout: '' });
    expect(open.stderr).toMatch(/^The log \S+ is open in another process.*\.\n$/);
    expect(await end()).toEqual(after);

    await store.close();
    const asked = await runCarat(['restore', file], env);
    expect(asked).toMatchObject({ code: 2, stdout: '' });
    expect(asked.stderr).toMatch(/^There is a log \S+: say --yes if it is to be replaced\.\n$/);

    const restored = await runCarat(['restore', '--yes', '--json', file], env);
    expect(restored).toMatchObject({ code: 0, stderr: '' });
    const log = join(dir, 'log.db');
    const said = JSON.parse(restored.stdout);
    expect(said).toEqual({
      log,
      events: 10,
      ...before,
      replaced: expect.stringContaining(`${log}.replaced-`),
    });
    store = await openEventStore(env.CARAT_EVENT_STORE!);
    expect(await end()).toEqual(before);
    const kept = await openEventStore(`sqlite:${said.replaced}`);
    expect(await kept.head()).toMatchObject({ position: after.position, id: after.event });
    await kept.close();
  });

  it('say what they did in a few lines', async () => {
    const { event } = await end();
    const { stdout } = await runCarat(['backup', file], env);
    expect(stdout).toMatch(
      new RegExp(`^10 events, \\d+ bytes, .*: ${file}\\n  the last: event ${event} at position 10\\n$`),
    );
    await store.close();
    const restored = await runCarat(['restore', '--yes', file], env);
    expect(restored.stdout).toMatch(
      /^10 events of \S+: checked and restored to .*\n {2}the last is event .*\n {2}the log that was/,
    );
  });

  it('replace a file only with --force', async () => {
    await writeFile(file, 'something else');
    const refused = await runCarat(['backup', file], env);
    expect(refused).toMatchObject({ code: 2, stdout: '', stderr: `There is a file ${file} already.\n` });
    expect(await runCarat(['backup', '--force', file], env)).toMatchObject({ code: 0 });
  });

  it('take no copy that is damaged', async () => {
    await runCarat(['backup', file], env);
    await store.close();
    await truncate(file, 20_000);
    const { code, stdout, stderr } = await runCarat(['restore', '--yes', file], env);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toMatch(new RegExp(`^${file} is sound up to position \\d+: .*\\n$`));
    expect((await readdir(dir)).filter((name) => /part|replaced/.test(name))).toEqual([]);
  });

  it('make nothing of a log that is not there', async () => {
    const elsewhere = { CARAT_EVENT_STORE: `sqlite:${join(dir, 'none.db')}` };
    const { code, stderr } = await runCarat(['backup', file], elsewhere);
    expect(code).toBe(2);
    expect(stderr).toBe(`There is no log ${join(dir, 'none.db')}.\n`);
    expect((await readdir(dir)).filter((name) => /none|copy/.test(name))).toEqual([]);
  });

  it.each(['backup', 'restore'])('%s leaves KurrentDB to its own', async (command) => {
    const { code, stderr } = await runCarat([command, file], {
      CARAT_EVENT_STORE: 'kurrentdb://127.0.0.1:1',
    });
    expect(code).toBe(2);
    expect(stderr).toMatch(/^The log is kept in KurrentDB.*docs\/operations\/event-store\.md.*\.\n$/);
  });

  it.each(['backup', 'restore'])('%s helps, and wants a file', async (command) => {
    const { code, stdout } = await runCarat([command, '--help']);
    expect(code).toBe(0);
    for (const part of ['Examples:', 'Environment:', 'Exit codes: 0']) expect(stdout).toContain(part);
    expect(await runCarat([command], env)).toMatchObject({ code: 2, stdout: '' });
  });
});
