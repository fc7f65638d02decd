import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type System, startSystem } from '@carat/local';

export type ThrowAway = { readonly system: System; remove(): Promise<void> };

/**
 * Starts a system of its own in a temporary folder: own Redis, own database, free ports. @throws LocalError
 */
export const startThrowAway = async (
  options: { readonly gateways: number; readonly projectors: number },
  say: (line: string) => void,
): Promise<ThrowAway> => {
  const dir = await mkdtemp(join(tmpdir(), 'carat-play-'));
  const removeDir = (): Promise<void> => rm(dir, { recursive: true, force: true });
  try {
    const system = await startSystem({ dir, ...options, log: say });
    return {
      system,
      remove: async () => {
        try {
          await system.stop();
        } finally {
          await removeDir();
        }
      },
    };
  } catch (error) {
    await removeDir();
    throw error;
  }
};

/** What runs where, a line each: so that somebody can end one of them in the middle, or look inside. */
export const describeSystem = (system: System): string[] => [
  `api ${system.apiUrl}, gateways ${system.gatewayUrls.join(' ')}, redis ${system.redisUrl}`,
  `event store ${system.eventStore}, logs in ${system.logsDir}`,
  `processes: ${system.processes.map(({ name, pid }) => `${name} ${pid}`).join(', ')}`,
];
