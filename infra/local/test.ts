import { spawnSync } from 'node:child_process';
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describeFailure } from '@carat/service-kit';
import { findBrowserProgram } from './browser-program.ts';
import { projectRoot, readTestSettings } from './config.ts';
import { findRedisProgram } from './redis-program.ts';
import { countTask, type TaskSummary, tell, type VitestReport } from './test-results.ts';

/**
 * `npm test`: all that is checked, each task to its end also when one before it failed, so the numbers are
 * complete. The last line is `N passed, N failed`: the tests of all vitest projects, and lint and types as
 * one each. It is also left in `.test-results/outcome.txt`, beside the reports of vitest.
 */
const checks = ['lint', 'types'];
const suites = ['unit', 'integration', 'e2e'];
const results = join(projectRoot, '.test-results');
const summaries = join(projectRoot, '.turbo/runs');

const readJson = async <T>(file: string): Promise<T | undefined> => {
  try {
    return JSON.parse(await readFile(file, 'utf8')) as T;
  } catch {
    return undefined;
  }
};

const settings = readTestSettings();
await Promise.all([results, summaries].map((folder) => rm(folder, { recursive: true, force: true })));
await mkdir(results, { recursive: true });

const say = (line: string): void => console.log(line);
const findProgram = async (what: string, find: () => Promise<string>): Promise<void> => {
  try {
    say(`Tests start their own ${what}: ${await find()}`);
  } catch (error) {
    // The tests that need it say so, and the others tell what they can.
    console.error(describeFailure(error));
  }
};
await findProgram('Redis', () => findRedisProgram({ ...settings.redis, say }));
await findProgram('browser', () => findBrowserProgram({ ...settings.browser, say }));

const flags = ['--continue=always', '--summarize', '--ui=stream', '--no-update-notifier'];
spawnSync('turbo', ['run', ...checks, ...suites, ...flags], {
  cwd: projectRoot,
  stdio: 'inherit',
  env: { ...settings.env, TURBO_TELEMETRY_DISABLED: '1', DO_NOT_TRACK: '1' },
});

const [summary] = await readdir(summaries).catch(() => []);
const run = summary && (await readJson<{ tasks: TaskSummary[] }>(join(summaries, summary)));
const tallies = await Promise.all(
  [...checks, ...suites].map(async (task) => {
    const report = await readJson<VitestReport>(join(results, `${task}.json`));
    return countTask(run ? run.tasks.find((each) => each.task === task) : undefined, report);
  }),
);
const { line, ok } = tell(tallies);
await writeFile(join(results, 'outcome.txt'), `${line}\n`);
console.log(line);
process.exitCode = ok ? 0 : 1;
