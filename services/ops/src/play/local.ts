import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type System, startSystem } from '@carat/local';
import { withoutCredentials } from '@carat/service-kit';

export type ThrowAway = { readonly system: System; remove(): Promise<void> };

export type ThrowAwayOptions = {
  readonly gateways: number;
  readonly projectors: number;
  /** A server's log to play into, which keeps what was played; a database of its own where it is missing. */
  readonly eventStore: string | undefined;
};

/** The log of a server is played into where one is chosen; a chosen file is somebody's own and left alone. */
export const logToPlayInto = (chosen: string | undefined): string | undefined =>
  chosen?.startsWith('sqlite:') ? undefined : chosen;

/**
 * Starts a system of its own in a temporary folder: own Redis, own database unless a server's log is chosen,
 * free ports. @throws LocalError
 */
export const startThrowAway = async (
  { gateways, projectors, eventStore }: ThrowAwayOptions,
  say: (line: string) => void,
): Promise<ThrowAway> => {
  const dir = await mkdtemp(join(tmpdir(), 'carat-play-'));
  const removeDir = (): Promise<void> => rm(dir, { recursive: true, force: true });
  try {
    const system = await startSystem({
      dir,
      gateways,
      projectors,
      ...(eventStore !== undefined && { eventStore }),
      log: say,
    });
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
export const describeSystem = ({
  apiUrl,
  gatewayUrls,
  redisUrl,
  eventStore,
  logsDir,
  processes,
}: System): string[] => [
  `api ${apiUrl}, gateways ${gatewayUrls.join(' ')}, redis ${withoutCredentials(redisUrl)}`,
  `event store ${withoutCredentials(eventStore)}, logs in ${logsDir}`,
  `processes: ${processes.map(({ name, pid }) => `${name} ${pid}`).join(', ')}`,
];
