import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startGateway, unknownLive } from './gateway.fixture.ts';

const maxBytesGzipped = 25_000;
let dir: string;
let file: string;
let code: string;

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'carat-bundle-'));
  await promisify(execFile)('npm', ['run', 'build', '--', '--outDir', dir], {
    cwd: join(import.meta.dirname, '..'),
    env: { ...process.env, NODE_ENV: 'production' },
  });
  file = join(dir, 'carat.js');
  code = await readFile(file, 'utf8');
});
afterAll(() => rm(dir, { recursive: true, force: true }));

describe('the SDK as one file', () => {
  it('is small, Socket.IO’s client included', () => {
    expect(gzipSync(code).length).toBeLessThan(maxBytesGzipped);
  });

  it('loads nothing else: no schemas, nothing of Node’s', async () => {
    expect((await readdir(dir)).sort()).toEqual(['carat.js', 'carat.js.map']);
    const { sources } = JSON.parse(await readFile(`${file}.map`, 'utf8')) as { sources: string[] };
    const packages = sources.map((source) => /node_modules\/((@[^/]+\/)?[^/]+)|client\/(src)\//.exec(source));
    const names = new Set(packages.map((found) => found?.[1] ?? found?.[3] ?? 'of Node'));
    expect([...names].sort()).toEqual([
      '@socket.io/component-emitter',
      'engine.io-client',
      'engine.io-parser',
      'socket.io-client',
      'socket.io-parser',
      'src',
      'uuid',
    ]);
    expect(code.match(/\bzod\b|\bnode:|(?:\bfrom|\bimport|\brequire)\s*\(?\s*["'`]/)).toBeNull();
  });

  it('sends gifts and watches, in Node as well', async () => {
    const gateway = await startGateway();
    gateway.snapshot = () => ({ ...unknownLive, title: 'Evening' });
    try {
      const program = `
        const { connect } = await import('${pathToFileURL(file)}');
        const carat = await connect({ url: '${gateway.url}', token: 't' });
        const combo = carat.send({ live: 'l', gift: 'rose' });
        const receipts = await Promise.all([1, 2, 3].map(() => combo.tap()));
        const { title } = await carat.watch('l').ready;
        console.log(JSON.stringify({ title, counts: receipts.map(({ count }) => count) }));
        await carat.close();`;
      const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', program], {
        timeout: 20_000,
      });
      expect(JSON.parse(stdout)).toEqual({ title: 'Evening', counts: [1, 3, 3] });
    } finally {
      await gateway.close();
    }
  });
});
