import { execFile } from 'node:child_process';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { caratDir, projectRoot } from '@carat/local';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { raiseStage, type Stage } from './stage.ts';

let stage: Stage;
const program = join(caratDir, `readme-${process.pid}.ts`);

beforeAll(async () => {
  stage = await raiseStage();
});
afterAll(async () => {
  await stage.stop();
  await rm(program, { force: true });
});

it('the first gift of the README is sent as it stands there', async () => {
  const readme = await readFile(join(projectRoot, 'README.md'), 'utf8');
  const code = readme.match(/```ts\n([\s\S]*?)```/)![1]!;
  await mkdir(caratDir, { recursive: true });
  await writeFile(program, code);
  const { stdout } = await promisify(execFile)(process.execPath, [program], {
    env: { ...process.env, CARAT_URL: stage.system.apiUrl, CARAT_JWT_SECRET: stage.system.secret },
    timeout: 30_000,
  });
  expect(stdout).toMatch(/count: 4/);
  expect(stdout).toMatch(/coins: 20,/);
  expect(stdout).toMatch(/balance: 80/);
  expect(
    code
      .trim()
      .split('\n')
      .filter((line) => line && !line.startsWith('import')),
  ).toHaveLength(10);
});
