import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { System } from '@carat/local';

const carat = join(import.meta.dirname, '../../services/ops/src/main.ts');

export type Ran = { readonly code: number; readonly stdout: string; readonly stderr: string };

/** Runs `carat …` against a running system, as an operator would. */
export const runCarat = (system: System, ...args: readonly string[]): Promise<Ran> =>
  runCaratAlone(
    {
      CARAT_URL: system.apiUrl,
      CARAT_EVENT_STORE: system.eventStore,
      REDIS_URL: system.redisUrl,
      CARAT_JWT_SECRET: system.secret,
    },
    args,
  );

/** Runs `carat …` with settings of its own. */
export const runCaratAlone = async (
  settings: Readonly<Record<string, string>>,
  args: readonly string[],
): Promise<Ran> => {
  const child = spawn(process.execPath, [carat, ...args], { env: { ...process.env, ...settings } });
  let [stdout, stderr] = ['', ''];
  child.stdout.on('data', (chunk) => {
    stdout += chunk;
  });
  child.stderr.on('data', (chunk) => {
    stderr += chunk;
  });
  const [code] = await once(child, 'close');
  return { code, stdout, stderr };
};

/** The last line that a command with `--json` printed. */
export const lastObject = ({ stdout }: Ran): Record<string, unknown> =>
  JSON.parse(stdout.trim().split('\n').at(-1) || '{}');
