import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { dirname, join } from 'node:path';
import { plainEnv, projectRoot } from '@carat/local';
import { expect } from 'vitest';
import type { Stage } from '../e2e/stage.ts';

const ready = { timeout: 30_000, interval: 50 };

/** Lets days pass for who settles and pays: it is killed, and started again with a later clock. */
export type LaterPayouts = {
  /** @param offsetMs how far ahead of the machine's clock */
  restart(offsetMs: number): Promise<void>;
  stop(): Promise<void>;
};

/** @param env as the system's services were told it */
export const laterPayouts = (stage: Stage, env: Readonly<Record<string, string>>): LaterPayouts => {
  const { eventStore, redisUrl, payoutsUrl, sandboxUrl, secret } = stage.system;
  let child: ChildProcess | undefined;
  const stop = async (): Promise<void> => {
    await stage.system.process('payouts').stop();
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    child.kill('SIGKILL');
    await once(child, 'exit');
  };
  return {
    stop,
    restart: async (offsetMs) => {
      await stop();
      child = spawn(process.execPath, [join(projectRoot, 'services/payouts/src/main.ts')], {
        cwd: dirname(stage.system.logsDir),
        env: {
          ...plainEnv(),
          ...env,
          CARAT_CLOCK_OFFSET: String(offsetMs),
          CARAT_HOST: '127.0.0.1',
          CARAT_PAYOUTS_PORT: new URL(payoutsUrl!).port,
          CARAT_SANDBOX_URL: sandboxUrl,
          CARAT_EVENT_STORE: eventStore,
          CARAT_JWT_SECRET: secret,
          REDIS_URL: redisUrl,
        },
        // It ends with this process, however that ends.
        stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
      });
      const isReady = async () => (await fetch(`${payoutsUrl}/livez`).catch(() => undefined))?.ok;
      await expect.poll(isReady, ready).toBe(true);
    },
  };
};
