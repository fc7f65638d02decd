import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, expect, test } from 'vitest';

const run = promisify(execFile);

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'carat-install-spec-'));
  await mkdir(join(root, 'infra/local'), { recursive: true });
  await cp(join(import.meta.dirname, 'install.mjs'), join(root, 'infra/local/install.mjs'));
  await bringNode('v24.1.0');
  await writeFile(
    join(root, 'package.json'),
    JSON.stringify({ name: 'fixture', version: '1.0.0', dependencies: { node: 'file:./local-node' } }),
  );
  await lock();
});
afterEach(() => rm(root, { recursive: true, force: true }));

/** A package of the name `node`, as the project has one: its program tells a version. */
const bringNode = async (version: string): Promise<void> => {
  await mkdir(join(root, 'local-node'), { recursive: true });
  await writeFile(
    join(root, 'local-node/package.json'),
    JSON.stringify({ name: 'node', version: version.slice(1), bin: { node: 'node.sh' } }),
  );
  await writeFile(join(root, 'local-node/node.sh'), `#!/bin/sh\necho ${version}\n`, { mode: 0o755 });
};

const lock = () => run('npm', ['install', '--package-lock-only', '--offline', '--no-audit'], { cwd: root });

const install = async (): Promise<{ code: number; said: string }> => {
  try {
    const { stderr } = await run(process.execPath, ['infra/local/install.mjs'], { cwd: root });
    return { code: 0, said: stderr };
  } catch (error) {
    const { code, stderr } = error as { code: number; stderr: string };
    return { code, said: stderr };
  }
};

const announced = 'Installing what Carat needs (npm ci); this takes a minute the first time …\n';
const nothing = { code: 0, said: '' };

test('it installs on a fresh clone, and nothing the second time', async () => {
  expect(await install()).toEqual({ code: 0, said: announced });
  expect(await install()).toEqual(nothing);
});

type Record = { packages: { [place: string]: { version: string } } };

test.each<[string, (record: Record) => unknown]>([
  ['holds another version', ({ packages }) => Object.assign(packages['local-node']!, { version: '24.0.0' })],
  ['lacks a package', ({ packages }) => delete packages['node_modules/node']],
  ['holds one too many', ({ packages }) => Object.assign(packages, { 'node_modules/stranger': {} })],
])('it installs again where node_modules %s', async (_, alter) => {
  await install();
  const file = join(root, 'node_modules/.package-lock.json');
  const record: Record = JSON.parse(await readFile(file, 'utf8'));
  alter(record);
  await writeFile(file, JSON.stringify(record));
  expect(await install()).toEqual({ code: 0, said: announced });
});

test('it installs again where an installation was cut short', async () => {
  await install();
  await rm(join(root, 'node_modules/.package-lock.json'));
  expect(await install()).toEqual({ code: 0, said: announced });
});

test('an npm that fails is one sentence after its own', async () => {
  await writeFile(join(root, 'package-lock.json'), 'cut sho');
  const { code, said } = await install();
  expect(code).toBe(1);
  expect(said).toMatch(/\nnpm ci failed, for the reason above; the first time it needs the network\.\n$/);
});

test('a Node that is too old, or none at all, says what to do', async () => {
  await install();
  await bringNode('v22.0.0');
  expect((await install()).said).toMatch(/^Carat runs on Node 24, .* is version 22: .*`npm rebuild node/);
  await rm(join(root, 'node_modules/.bin/node'));
  expect(await install()).toMatchObject({ code: 1, said: expect.stringMatching(/ does not run: /) });
});
