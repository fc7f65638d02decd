import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { impliedTotals } from '@carat/simulator';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { limits } from './limits.ts';
import { readGiftLog } from './logs/read.ts';
import { runCarat, startCarat } from './testing/run-carat.ts';

let dir: string;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'carat-ops-'));
});
afterAll(() => rm(dir, { recursive: true, force: true }));

/** A port on which nobody listens. */
const nobody = 'redis://127.0.0.1:1';

describe('the carat command', () => {
  it.each(['--help', 'play --help', 'verify --help', 'simulate --help'])('helps with %s', async (args) => {
    const { code, stdout } = await runCarat(args.split(' '));
    expect(code).toBe(0);
    expect(stdout).toContain('Examples:');
    expect(stdout).toContain('Exit codes: 0');
  });

  it.each([
    [['play']],
    [['dance']],
    [['play', '--speed', '-1', 'x']],
    [['play', '--gateways', '0', 'x']],
    [['simulate', '--viewers', 'many']],
    [['simulate', '--viewers', '0']],
    [['simulate', '--preset', 'mixer']],
  ])('refuses %j in a sentence', async (args) => {
    const { code, stdout, stderr } = await runCarat(args);
    expect(code).toBe(2);
    expect(stdout).toBe('');
    expect(stderr).not.toContain('    at ');
  });

  it('says which setting is wrong', async () => {
    const { code, stderr } = await runCarat(['verify'], { REDIS_URL: 'http://here' });
    expect(code).toBe(2);
    expect(stderr).toMatch(/^Bad configuration: REDIS_URL .*\n$/);
  });
});

it('says in a sentence that a KurrentDB is away, and where', async () => {
  const env = { CARAT_EVENT_STORE: 'kurrentdb://me:secret@127.0.0.1:1?tls=false' };
  const { code, stdout, stderr } = await runCarat(['inspect', 'log'], env);
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(stderr).toMatch(
    /^The event store kurrentdb:.* No KurrentDB answers at 127\.0\.0\.1:1: is it running.*\n$/,
  );
  expect(stderr).not.toMatch(/secret|UNAVAILABLE/);
});

describe('Ctrl-C', () => {
  /** A Redis that is busy loading for ever, so that nothing ends but by force. */
  const loading = createServer((socket) => {
    socket.on('error', () => undefined).setEncoding('utf8');
    socket.on('data', (text: string) => {
      for (const _ of text.matchAll(/\*\d+\r\n/g)) socket.write('$9\r\nloading:1\r\n');
    });
  });
  beforeAll(() => once(loading.listen(0, '127.0.0.1'), 'listening'));
  afterAll(() => loading.close());

  it('ends at once what is held up, where it comes again two seconds later', async () => {
    const { port } = loading.address() as AddressInfo;
    const asked = once(loading, 'connection');
    const { child, ended } = startCarat(['drop', '--yes'], { REDIS_URL: `redis://127.0.0.1:${port}` });
    await asked;
    let sent = 0;
    const again = setInterval(() => (sent += child.kill('SIGINT') ? 1 : 0), limits.sameSignalMs / 8);
    expect(await ended).toEqual({ code: 130, stdout: '', stderr: '' });
    clearInterval(again);
    expect(sent).toBeGreaterThan(1);
  });
});

describe('carat simulate', () => {
  it('makes a log and tells the truth of it', async () => {
    const out = join(dir, 'live.jsonl.gz');
    const args = ['simulate', '--seed', '5', '--minutes', '3', '--late-frames', '0.2'];
    const { code, stdout } = await runCarat([...args, '--json', '--out', out]);
    expect(code).toBe(0);
    const { header, frames } = await readGiftLog(out);
    expect(JSON.parse(stdout)).toEqual({ live: header.live, ...impliedTotals(frames, header.gifts) });
    const again = await runCarat(args);
    expect(again.stdout).toBe(gunzipSync(await readFile(out)).toString());
    expect(again.stderr).toContain(`${frames.length} frames`);
    expect(await readdir(dir)).toEqual(['live.jsonl.gz']);
  });

  it('says in a sentence that the log cannot be written', async () => {
    const out = join(dir, 'no-such-folder', 'live.jsonl');
    const { code, stderr } = await runCarat(['simulate', '--minutes', '0.1', '--out', out]);
    expect(code).toBe(2);
    expect(stderr).toBe(`${out} cannot be written: there is no folder ${join(dir, 'no-such-folder')}.\n`);
  });
});

describe('carat play', () => {
  it('plays nothing of a log that is not whole, and needs no system to say so', async () => {
    const file = join(dir, 'bad.jsonl');
    await writeFile(file, '{"giftLog":1}\n');
    const { code, stdout, stderr } = await runCarat([
      'play',
      '--local',
      '--json',
      file,
      join(dir, 'none.jsonl'),
    ]);
    expect(code).toBe(1);
    expect(stdout).toBe('');
    expect(stderr.trimEnd().split('\n')).toEqual([
      expect.stringContaining(`${file}, line 1: `),
      `${join(dir, 'none.jsonl')}: there is no such file.`,
    ]);
  });

  it('says that no api answers', async () => {
    const file = join(dir, 'good.jsonl');
    await writeFile(file, (await runCarat(['simulate', '--minutes', '1'])).stdout);
    const { code, stdout, stderr } = await runCarat(['play', file], { CARAT_URL: 'http://127.0.0.1:1' });
    expect(code).toBe(2);
    expect(stdout).toBe('');
    expect(stderr).toMatch(/^The api at http:\/\/127.0.0.1:1 cannot be asked: .*\n$/);
  });
});

describe('carat verify', () => {
  it('says that there is no log, and makes none', async () => {
    const env = { CARAT_EVENT_STORE: `sqlite:${join(dir, 'none.db')}`, REDIS_URL: nobody };
    const { code, stderr } = await runCarat(['verify'], env);
    expect(code).toBe(2);
    expect(stderr).toMatch(/^The event store sqlite:.*none.db cannot be read .*: there is no such file.*\n$/);
    expect(await readdir(dir)).not.toContain('none.db');
  });

  it('says that a log is no log', async () => {
    const file = join(dir, 'text.db');
    await writeFile(file, 'this is no database, but it is long enough to be looked at'.repeat(100));
    const env = { CARAT_EVENT_STORE: `sqlite:${file}`, REDIS_URL: nobody };
    const { code, stderr } = await runCarat(['verify'], env);
    expect(code).toBe(2);
    expect(stderr).toMatch(/^The event store .* cannot be read .*\n$/);
  });
});
