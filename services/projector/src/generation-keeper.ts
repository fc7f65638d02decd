import { projectionsVersion } from '@carat/projections';
import { activeGeneration, beginGeneration, type Generation } from '@carat/read-models';
import type { Logger } from '@carat/service-kit';
import type { Redis } from 'ioredis';
import { limits } from './limits.ts';
import type { LogStream } from './log-stream.ts';
import type { ProjectorMetrics } from './metrics.ts';

/**
 * Sees to it that the active generation is one of this log and these projections. One of older projections is
 * replaced; one of newer projections is left alone, as are its readers.
 */
export const createGenerationKeeper = (
  redis: Redis,
  logStream: LogStream,
  { log, metrics }: { readonly log: Logger; readonly metrics: ProjectorMetrics },
) => {
  let begunAt = Number.NEGATIVE_INFINITY;
  let last: Generation | undefined;

  const begin = async (replaced: Generation | undefined, reason: string): Promise<Generation | undefined> => {
    if (performance.now() - begunAt < limits.generationGapMs) return undefined;
    begunAt = performance.now();
    const { logId } = await logStream.refresh();
    const begun = await beginGeneration(redis, { projections: projectionsVersion, log: logId }, replaced);
    metrics.generations.inc({ reason });
    log.warn({ reason, generation: begun.generation, replaced: replaced?.generation }, 'a generation begins');
    return begun;
  };

  const judge = async (active: Generation | undefined): Promise<Generation | undefined> => {
    if (active === undefined) return begin(undefined, 'none');
    if (active.projections > projectionsVersion) return undefined;
    if (active.projections < projectionsVersion) return begin(active, 'older_projections');
    if (active.log === (await logStream.state()).logId) return active;
    if (active.log === (await logStream.refresh()).logId) return active;
    return begin(active, 'another_log');
  };

  return {
    /** The generation to fill; undefined while it is another version's, or was begun just before. */
    async current(): Promise<Generation | undefined> {
      last = await judge(await activeGeneration(redis));
      return last;
    },
    /** As it was when last looked at. */
    last: (): Generation | undefined => last,
    /** Puts a new generation in the place of one that cannot be gone on with. */
    async replace(broken: Generation, reason: string): Promise<void> {
      await begin(broken, reason);
    },
  };
};

export type GenerationKeeper = ReturnType<typeof createGenerationKeeper>;
