import { spawnSync } from 'node:child_process';
import { describeFailure, withoutCredentials } from '@carat/service-kit';
import { projectRoot, readServerSettings, readTestSettings } from './config.ts';
import { findRedisProgram } from './redis-program.ts';

/**
 * `npm run test:kurrentdb`: everything that is tested over the wire double in CI, on the real server that
 * KURRENTDB_URL names. One file after the other: they share its log.
 */
try {
  const { url } = readServerSettings();
  const settings = readTestSettings();
  await findRedisProgram({ ...settings.redis, say: (line) => console.log(line) });
  console.log(
    `What answers is the server at ${withoutCredentials(url)}; its log keeps what the tests write.`,
  );
  const { status } = spawnSync(
    'vitest',
    [
      'run',
      '--project',
      'integration',
      '--project',
      'e2e',
      '--project',
      'faults',
      '--no-file-parallelism',
      'kurrentdb',
    ],
    { cwd: projectRoot, stdio: 'inherit', env: settings.env },
  );
  process.exitCode = status ?? 1;
} catch (error) {
  console.error(describeFailure(error));
  process.exitCode = 2;
}
