import { randomInt, randomUUID } from 'node:crypto';
import { copyFile, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { type EventStore, openEventStore } from '@carat/event-store';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { runCarat, startCarat } from '../testing/run-carat.ts';
import { createWriter, readKept, writeSimulatedLive } from './testing/simulated-log.ts';

let dir: string;
let from: string;
let truth: Awaited<ReturnType<typeof readKept>>;

const address = (name: string): string => `sqlite:${join(dir, name)}`;

const withStore = async <T>(url: string, work: (store: EventStore) => Promise<T>): Promise<T> => {
  const store = await openEventStore(url);
  try {
    return await work(store);
  } finally {
    await store.close();
  }
};
const keptAt = (url: string) => withStore(url, readKept);

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'carat-copy-'));
  from = address('source.db');
  truth = await withStore(from, async (store) => {
    await writeSimulatedLive(store, 3);
    return readKept(store);
  });
});
afterAll(() => rm(dir, { recursive: true, force: true }));

describe('carat copy', () => {
  it('helps', async () => {
    const { code, stdout } = await runCarat(['copy', '--help']);
    expect(code).toBe(0);
    expect(stdout).toContain('Examples:');
    expect(stdout).toContain('Exit codes: 0');
  });

  it('copies the log that the environment names, and says so', async () => {
    const to = address('first.db');
    const env = { CARAT_EVENT_STORE: from };
    const first = await runCarat(['copy', '--to', to], env);
    expect({ code: first.code, stderr: first.stderr }).toEqual({ code: 0, stderr: '' });
    expect(first.stdout).toContain(`The copy is whole: ${truth.length} events, each of them compared.`);
    expect(await keptAt(to)).toEqual(truth);
    const second = await runCarat(['copy', '--to', to, '--json'], env);
    expect(second.code).toBe(0);
    expect(second.stdout.trimEnd().split('\n')).toHaveLength(1);
    expect(JSON.parse(second.stdout)).toMatchObject({ whole: true, foundThere: truth.length, copiedNow: 0 });
  });

  it('refuses a target that holds something else, and names the place', async () => {
    const to = address('other.db');
    await withStore(to, (store) => createWriter(store)(['foreign-1', 'Happened', {}]));
    const { code, stdout, stderr } = await runCarat(['copy', '--from', from, '--to', to]);
    expect(code).toBe(1);
    expect(stdout).toContain('The target is NOT a copy of the source');
    expect(stderr).toMatch(/^The first place that differs is event 1: .*Happened 0 of foreign-1.*\n$/);
    expect(await keptAt(to)).toHaveLength(1);
  });

  it('goes on with a copy that was killed or interrupted anywhere', { timeout: 60_000 }, async () => {
    const [slow, to] = [address('slow.db'), address('killed.db')];
    const events = await withStore(slow, async (store) => {
      // Two streams that take turns can only be copied event by event, which takes a while.
      const turns = Array.from({ length: 1_500 }, (_, n) =>
        store.append([
          {
            stream: `turn-${n % 2}`,
            expected: n < 2 ? 'no_stream' : (n >> 1) - 1,
            events: [{ id: randomUUID(), type: 'Happened', data: { n } }],
          },
        ]),
      );
      await Promise.all(turns);
      return readKept(store);
    });
    const target = await openEventStore(to);
    const endsWith = async (signal: NodeJS.Signals): Promise<number | null> => {
      const least = Number((await target.head())?.position ?? 0) + randomInt(1, 150);
      const { child, ended } = startCarat(['copy', '--from', slow, '--to', to]);
      await vi.waitFor(
        async () => expect(Number((await target.head())?.position ?? 0)).toBeGreaterThan(least),
        { timeout: 20_000, interval: 1 },
      );
      child.kill(signal);
      return (await ended).code;
    };
    for (const signal of ['SIGKILL', 'SIGINT', 'SIGKILL'] as const) {
      expect(await endsWith(signal)).toBe({ SIGKILL: null, SIGINT: 130 }[signal]);
      const there = await readKept(target);
      expect(there.length).toBeGreaterThan(0);
      expect(there).toEqual(events.slice(0, there.length));
    }
    const found = (await readKept(target)).length;
    expect(found).toBeLessThan(events.length);
    const { code, stdout } = await runCarat(['copy', '--from', slow, '--to', to, '--json']);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ foundThere: found, copiedNow: events.length - found });
    expect(await readKept(target)).toEqual(events);
    await target.close();
  });

  /** Copies the source after a hand was laid on its file, and shows what came of it. */
  const copyDamaged = async (sql: string, place: number) => {
    const name = randomUUID();
    await copyFile(join(dir, 'source.db'), join(dir, name));
    const database = new DatabaseSync(join(dir, name));
    database.prepare(sql).run(place);
    database.close();
    const to = address(`copy-of-${name}`);
    const { code, stdout, stderr } = await runCarat(['copy', '--from', address(name), '--to', to, '--json']);
    return { code, copied: JSON.parse(stdout), said: stderr.trimEnd().split('\n'), there: await keptAt(to) };
  };

  it('copies what comes before damage, and says where that is', async () => {
    const place = truth.length - 5;
    const altered = await copyDamaged(`UPDATE events SET type = 'Altered' WHERE position = ?`, place);
    expect(altered).toMatchObject({
      code: 1,
      copied: { whole: false, events: place - 1, difference: null },
      said: [expect.stringContaining(`The event at position ${place}, Altered `)],
    });
    expect(altered.there).toEqual(truth.slice(0, place - 1));
    const gone = await copyDamaged('DELETE FROM events WHERE position = ?', place);
    expect(gone).toMatchObject({ code: 1, said: [`The event at position ${place} is gone.`] });
    expect(gone.there).toEqual(truth.slice(0, place - 1));
  });

  it('does not take a log whose end is gone for a whole one', async () => {
    const { code, copied, said, there } = await copyDamaged('DELETE FROM events WHERE position > ?', 100);
    expect({ code, copied }).toMatchObject({ code: 1, copied: { whole: false, difference: null } });
    expect(said).toEqual([expect.stringMatching(/^The events at positions 101 to \d+ are gone\.$/)]);
    expect(there).toEqual(truth.slice(0, 100));
  });

  it('says what else is wrong with a source whose events are all there', async () => {
    const { code, copied, said, there } = await copyDamaged('DELETE FROM heads WHERE stream = ?', 1);
    expect({ code, copied }).toMatchObject({ code: 1, copied: { whole: false, events: truth.length } });
    expect(said).toEqual([expect.stringMatching(/\blog\b.* lost/)]);
    expect(there).toEqual(truth);
  });

  it.each([
    [
      ['--from', 'sqlite:none.db', '--to', 'sqlite:to.db'],
      /^The source .*none\.db .*: there is no such file/,
    ],
    [
      ['--from', 'file:x', '--to', 'sqlite:to.db'],
      /^The source file:x cannot be opened: .*names no event store/,
    ],
    [['--from', 'sqlite:none.db'], /required option '--to <address>' not specified/],
  ])('refuses %j in a sentence', async (args, sentence) => {
    const { code, stdout, stderr } = await runCarat(['copy', ...args]);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(sentence);
    expect(stderr).not.toContain('    at ');
  });

  it('refuses to copy a log onto itself, and makes no file for what it refuses', async () => {
    const same = `sqlite:${dir}/../${dir.split('/').at(-1)}/source.db`;
    const { code, stderr } = await runCarat(['copy', '--from', from, '--to', same]);
    expect(code).toBe(2);
    expect(stderr).toMatch(/is the log to copy from: name another one with --to\.\n$/);
    const to = `${randomUUID()}.db`;
    await runCarat(['copy', '--from', address('none.db'), '--to', address(to)]);
    expect(await readdir(dir)).not.toContain('none.db');
    expect(await readdir(dir)).not.toContain(to);
  });
});
