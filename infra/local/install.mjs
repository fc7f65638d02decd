// Installs what the project needs, where that is missing or out of date, before anything else of it runs.
// Plain JavaScript without dependencies: it must run on a fresh clone, on whatever Node (20 or newer) is there.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '../..');
/** The Node that the project pins as a dev dependency; npm puts it first on the PATH of every script. */
const ownNode = join(root, 'node_modules/.bin/node');
const minNodeMajor = 24;

const readPackages = (file) => {
  try {
    return JSON.parse(readFileSync(join(root, file), 'utf8')).packages;
  } catch {
    return undefined;
  }
};

const fingerprint = ({ version, integrity, resolved, link }) => [version, integrity, link && resolved].join();

/**
 * npm writes down what it has installed in `node_modules/.package-lock.json`, as its last step. That is up to date
 * when it holds what `package-lock.json` asks for, each package in the version and with the checksum named there, and
 * nothing else. Optional packages may be missing: most are for other machines.
 */
const isUpToDate = () => {
  const asked = readPackages('package-lock.json');
  const installed = readPackages('node_modules/.package-lock.json');
  if (!asked || !installed) return false;
  const missing = Object.entries(asked).some(
    ([place, entry]) =>
      place !== '' &&
      (installed[place]
        ? fingerprint(installed[place]) !== fingerprint(entry)
        : !(entry.optional || entry.devOptional || entry.peer)),
  );
  return !missing && Object.keys(installed).every((place) => place in asked);
};

const fail = (sentence) => {
  console.error(sentence);
  process.exit(1);
};

const install = () => {
  console.error('Installing what Carat needs (npm ci); this takes a minute the first time …');
  // The npm that runs this script, or else the one on the PATH.
  const npm = process.env.npm_execpath;
  const [command, ...args] = npm ? [process.execPath, npm] : ['npm'];
  const flags = ['ci', '--no-audit', '--no-fund', '--loglevel=error'];
  const { status, error } = spawnSync(command, [...args, ...flags], { cwd: root, stdio: 'inherit' });
  if (error) fail(`npm could not be run (${error.message}): install Node 20 or newer, which brings it.`);
  if (status !== 0) fail('npm ci failed, for the reason above; the first time it needs the network.');
};

if (!isUpToDate()) install();

const { stdout } = spawnSync(ownNode, ['--version'], { encoding: 'utf8' });
const major = Number(/^v(\d+)/.exec(stdout ?? '')?.[1] ?? 0);
if (major < minNodeMajor) {
  fail(
    `Carat runs on Node ${minNodeMajor}, which the package "node" brings, but ${ownNode} ` +
      `${major ? `is version ${major}` : 'does not run'}: npm may have been told not to run install scripts. ` +
      'Run `npm rebuild node --ignore-scripts=false`, then the same command again.',
  );
}
