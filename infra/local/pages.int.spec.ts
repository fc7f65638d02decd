import { mkdir, mkdtemp, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { isAnyNewer } from './pages.ts';

let dir: string;
const at = (ms: number) => new Date(Date.parse('2026-11-23T12:00:00Z') + ms);
const write = async (name: string, ms: number) => {
  await writeFile(join(dir, name), name);
  await utimes(join(dir, name), at(ms), at(ms));
};

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'carat-sources-'));
  for (const folder of ['src', 'dist', 'node_modules']) await mkdir(join(dir, folder));
  await write('index.html', 0);
  await write('src/main.tsx', 10_000);
  await write('dist/index.html', 60_000);
  await write('node_modules/package.js', 60_000);
});
afterAll(() => rm(dir, { recursive: true, force: true }));

it('finds what was changed after an instant, in folders of folders, but not what was built', async () => {
  const isNewer = (ms: number, ...names: string[]) =>
    isAnyNewer(
      names.map((name) => join(dir, name)),
      at(ms).getTime(),
    );
  expect(await isNewer(5_000, '.')).toBe(true);
  expect(await isNewer(10_000, '.')).toBe(false);
  expect(await isNewer(-1, 'index.html')).toBe(true);
  expect(await isNewer(0, 'index.html', 'missing')).toBe(false);
});
