import { execFile } from 'node:child_process';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { plainEnv, projectRoot } from './config.ts';

const run = promisify(execFile);

const studio = join(projectRoot, 'services/studio');
/** All that the pages are made of. */
const sources = [
  studio,
  join(projectRoot, 'packages/client'),
  join(projectRoot, 'packages/react'),
  join(projectRoot, 'packages/protocol'),
  join(projectRoot, 'package-lock.json'),
];
const skipped = new Set(['dist', 'node_modules']);
const maxBuildMs = 120_000;

/**
 * Builds the pages where what they are made of is newer than their build. Carat runs without them, too: where
 * they cannot be built, why is said.
 */
export const buildPages = async (say: (line: string) => void): Promise<void> => {
  const built = await changedAt(join(studio, 'dist/index.html'));
  if (!(await isAnyNewer(sources, built))) return;
  say('Building the pages …');
  const vite = join(projectRoot, 'node_modules/vite/bin/vite.js');
  try {
    await run(process.execPath, [vite, 'build', '--logLevel', 'error'], {
      cwd: studio,
      env: plainEnv(),
      timeout: maxBuildMs,
    });
  } catch (error) {
    const { stderr = '', message } = error as { readonly stderr?: string; readonly message: string };
    say(`The pages could not be built: ${(stderr.trim() || message).split('\n')[0]}`);
  }
};

/** In ms since 1970; 0 where there is no such file. */
const changedAt = (file: string): Promise<number> =>
  stat(file).then(
    ({ mtimeMs }) => mtimeMs,
    () => 0,
  );

/** Whether any of these files, or any file in these folders, was changed after an instant. */
export const isAnyNewer = async (paths: readonly string[], instant: number): Promise<boolean> => {
  for (const path of paths) {
    const found = await stat(path).catch(() => undefined);
    if (found === undefined) continue;
    if (found.isFile() && found.mtimeMs > instant) return true;
    if (!found.isDirectory()) continue;
    const inside = (await readdir(path)).filter((name) => !skipped.has(name));
    const isNewer = await isAnyNewer(
      inside.map((name) => join(path, name)),
      instant,
    );
    if (isNewer) return true;
  }
  return false;
};
