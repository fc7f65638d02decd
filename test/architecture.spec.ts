import { globSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { describe, expect, it } from 'vitest';

const root = join(import.meta.dirname, '..');

/**
 * Which of our packages each may import: the folders are the way of a gift, and imports go one way along it.
 */
const allowed: Readonly<Record<string, readonly string[]>> = {
  'packages/protocol': [],
  'packages/domain': ['protocol'],
  'packages/event-store': [],
  'packages/projections': ['domain'],
  'packages/read-models': ['protocol'],
  'packages/history': ['protocol', 'domain', 'event-store', 'projections'],
  'packages/client': ['protocol'],
  'packages/react': ['protocol', 'client'],
  'packages/simulator': [],
  'packages/payout-providers': [],
  'packages/service-kit': [],
  'services/gateway': ['protocol', 'domain', 'event-store', 'read-models', 'service-kit'],
  'services/api': ['protocol', 'domain', 'event-store', 'history', 'read-models', 'service-kit'],
  'services/projector': ['protocol', 'domain', 'event-store', 'projections', 'read-models', 'service-kit'],
  'services/payouts': [
    'protocol',
    'domain',
    'event-store',
    'history',
    'payout-providers',
    'read-models',
    'service-kit',
  ],
  'services/ops': [
    'protocol',
    'domain',
    'event-store',
    'history',
    'payout-providers',
    'read-models',
    'client',
    'simulator',
    'service-kit',
    'local',
  ],
  'services/studio': ['protocol', 'client', 'react'],
  'infra/local': ['protocol', 'client', 'simulator', 'service-kit'],
};

const isCode = (file: string): boolean =>
  !/\.(int\.|e2e\.)?spec\.ts$|fixture|stand-in|testing|src\/laws|\.config\.ts$/.test(file);
const files = globSync('{packages,services,infra,test}/**/*.{ts,tsx}', {
  cwd: root,
  exclude: ['**/node_modules/**', '**/dist/**'],
});
const code = files.filter((file) => isCode(file) && !file.startsWith('test/'));

const textOf = (file: string): string => readFileSync(join(root, file), 'utf8');
const importsOf = (file: string): string[] =>
  [...textOf(file).matchAll(/(?:\bfrom\s|import\()\s*'([^']+)'/g)].map((match) => match[1]!);
const packageOf = (file: string): string => file.split('/').slice(0, 2).join('/');

const dependenciesOf = (folder: string): string[] => {
  const { dependencies, peerDependencies } = JSON.parse(textOf(`${folder}/package.json`));
  return Object.keys({ ...dependencies, ...peerDependencies });
};

describe('the layout', () => {
  it('has a rule for every package', () => {
    const packages = globSync('{packages,services,infra}/*/package.json', { cwd: root }).map(dirname);
    expect(packages.sort()).toEqual(Object.keys(allowed).sort());
  });

  it.each(Object.keys(allowed))('%s imports only what it may know', (folder) => {
    const foreign = code
      .filter((file) => packageOf(file) === folder)
      .flatMap((file) =>
        importsOf(file)
          .filter((name) => name.startsWith('@carat/'))
          .filter((name) => !allowed[folder]!.includes(name.slice('@carat/'.length)))
          .map((name) => `${file} imports ${name}`),
      );
    expect(foreign).toEqual([]);
  });

  it('names every package that the code imports among its dependencies', () => {
    const missing = code.flatMap((file) =>
      importsOf(file)
        .filter((name) => !name.startsWith('.') && !name.startsWith('node:'))
        .map((name) => name.match(/^(@[^/]+\/)?[^/]+/)![0])
        .filter((name) => !dependenciesOf(packageOf(file)).includes(name))
        .map((name) => `${file} imports ${name}`),
    );
    expect(missing).toEqual([]);
  });

  it('reaches into no other package past its index', () => {
    const reaching = code.flatMap((file) =>
      importsOf(file)
        .filter((name) => name.startsWith('.'))
        .filter((name) => packageOf(relative(root, join(root, dirname(file), name))) !== packageOf(file))
        .map((name) => `${file} imports ${name}`),
    );
    expect(reaching).toEqual([]);
  });

  it('has no cycle of files', () => {
    const graph = new Map(
      code.map((file) => [
        file,
        importsOf(file)
          .filter((name) => name.startsWith('.'))
          .map((name) => join(dirname(file), name)),
      ]),
    );
    const done = new Set<string>();
    const visit = (file: string, path: readonly string[]): void => {
      if (path.includes(file)) throw new Error(`cycle: ${[...path, file].join(' → ')}`);
      if (done.has(file)) return;
      for (const next of graph.get(file) ?? []) visit(next, [...path, file]);
      done.add(file);
    };
    for (const file of graph.keys()) visit(file, []);
    expect(done.size).toBeGreaterThan(code.length / 2);
  });
});

describe('the style', () => {
  it('reads the environment in config.ts only', () => {
    expect(code.filter((file) => !file.endsWith('/config.ts') && /process\.env/.test(textOf(file)))).toEqual(
      [],
    );
  });

  it('keeps files under 400 lines, with a median under 80, and wiring under 80', () => {
    const lines = code.map((file) => ({ file, lines: textOf(file).split('\n').length - 1 }));
    expect(lines.filter(({ lines: count }) => count > 400)).toEqual([]);
    const sorted = lines.map(({ lines: count }) => count).sort((a, b) => a - b);
    expect(sorted[sorted.length >> 1]).toBeLessThan(80);
    expect(lines.filter(({ file, lines: count }) => file.endsWith('/main.ts') && count > 80)).toEqual([]);
  });

  it('keeps lines within 110 characters', () => {
    const long = files.flatMap((file) =>
      textOf(file)
        .split('\n')
        .map((line, n) => ({ at: `${file}:${n + 1}`, length: line.length }))
        .filter(({ length }) => length > 110),
    );
    expect(long).toEqual([]);
  });

  it('names nothing after what everything could be', () => {
    expect(files.filter((file) => /\b(utils?|helpers?|common|managers?)\b/.test(file))).toEqual([]);
  });

  it('has no enum and no namespace', () => {
    expect(
      code.filter((file) => /^\s*(export )?(const )?enum |^\s*(export )?namespace /m.test(textOf(file))),
    ).toEqual([]);
  });

  it('skips no test in silence', () => {
    const specs = files.filter((file) => /spec\.ts$/.test(file));
    expect(specs.filter((file) => /\b(it|test|describe)\.(skip|todo|only)\b/.test(textOf(file)))).toEqual([]);
  });
});
