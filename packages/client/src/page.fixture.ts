import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { caratDir, findBrowserProgram, readBrowserSettings } from '@carat/local';
import { type Browser, chromium } from 'playwright-core';
import { build } from 'vite';

/** A folder inside the project, so that its packages are found from there. */
export const openFolder = async () => {
  await mkdir(caratDir, { recursive: true });
  const dir = await mkdtemp(join(caratDir, 'examples-'));
  return { dir, remove: () => rm(dir, { recursive: true, force: true }) };
};

/** Turns a program into one script for a page, as a project's bundler would. */
export const bundle = async (dir: string, file: string, code: string): Promise<string> => {
  await writeFile(join(dir, file), code);
  await build({
    root: dir,
    configFile: false,
    logLevel: 'error',
    oxc: { jsx: { runtime: 'automatic' } },
    build: {
      outDir: join(dir, 'dist'),
      emptyOutDir: true,
      target: 'es2023',
      rolldownOptions: { input: join(dir, file), output: { entryFileNames: 'page.js' } },
    },
  });
  return readFile(join(dir, 'dist/page.js'), 'utf8');
};

export const launchBrowser = async (): Promise<Browser> =>
  chromium.launch({
    executablePath: await findBrowserProgram({ ...readBrowserSettings(), say: console.log }),
    args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking'],
  });
