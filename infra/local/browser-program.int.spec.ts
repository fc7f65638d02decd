import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { findBrowserProgram } from './browser-program.ts';
import { LocalError } from './failure.ts';

let dir: string;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'carat-browser-spec-'));
});
afterAll(() => rm(dir, { recursive: true, force: true }));

const search = (changes: Partial<Parameters<typeof findBrowserProgram>[0]> = {}) =>
  findBrowserProgram({ path: dir, folders: [], install: false, say: () => undefined, ...changes });

test('where nothing may be installed, the line to run is named', async () => {
  const say = vi.fn();
  await expect(search({ say })).rejects.toThrow(
    /sudo apt-get install -y chromium.*brew install.*CARAT_CHROMIUM/,
  );
  expect(say).not.toHaveBeenCalled();
});

test('Chromium is taken before Chrome, and the one that was chosen before both', async () => {
  for (const name of ['google-chrome', 'chromium', 'mine']) {
    await writeFile(join(dir, name), '#!/bin/sh\n');
    await chmod(join(dir, name), name === 'chromium' ? 0o644 : 0o755);
  }
  expect(await search()).toBe(join(dir, 'google-chrome'));
  await chmod(join(dir, 'chromium'), 0o755);
  expect(await search({ path: '', folders: [dir] })).toBe(join(dir, 'chromium'));
  expect(await search({ program: join(dir, 'mine') })).toBe(join(dir, 'mine'));
  await expect(search({ program: join(dir, 'gone') })).rejects.toThrow(
    new LocalError(`There is no program ${join(dir, 'gone')} that can be run (CARAT_CHROMIUM).`),
  );
});
