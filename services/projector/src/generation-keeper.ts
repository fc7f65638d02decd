import { projectionsVersion } from '@carat/projections';
import { creatorUnits, type Unit } from '@carat/protocol';
import {
  abandonCandidate,
  activeGeneration,
  beginCandidate,
  beginGeneration,
  type Generation,
  holdBoards,
  holdsBoards,
  type RedisClient,
} from '@carat/read-models';
import type { Logger } from '@carat/service-kit';
import type { BoardStream } from './board-stream.ts';
import { limits } from './limits.ts';
import type { LogStream } from './log-stream.ts';
import type { ProjectorMetrics } from './metrics.ts';

type Dependencies = {
  readonly redis: RedisClient;
  readonly logStream: LogStream;
  readonly boards: BoardStream;
  /** Over how many shards a generation that begins spreads its creators; others keep what they have. */
  readonly shards: number;
  readonly log: Logger;
  readonly metrics: ProjectorMetrics;
};

/**
 * Sees to it that the active generation is one of this log and these projections, and holds the boards that
 * are defined. Beside one of older projections one of these is filled, to take its place once it is not
 * behind; those who know the older ones go on with that meanwhile. One of newer projections is left alone, as
 * are its readers.
 */
export const createGenerationKeeper = (dependencies: Dependencies) => {
  const { redis, logStream, boards, shards, log, metrics } = dependencies;
  let begunAt = Number.NEGATIVE_INFINITY;
  let last: Generation | undefined;

  const newUnits = async (): Promise<Unit[]> => [
    ...creatorUnits(shards),
    'boards',
    ...(await boards.refresh()).keys(),
  ];

  const begin = async (replaced: Generation | undefined, reason: string): Promise<Generation | undefined> => {
    if (performance.now() - begunAt < limits.generationGapMs) return undefined;
    begunAt = performance.now();
    const { logId } = await logStream.refresh();
    const units = await newUnits();
    const begun = await beginGeneration(
      redis,
      { projections: projectionsVersion, log: logId, units },
      replaced,
    );
    metrics.generations.inc({ reason });
    log.warn({ reason, generation: begun.generation, replaced: replaced?.generation }, 'a generation begins');
    return begun;
  };

  /** Has a generation of these projections filled, unless one of them or of newer ones already is. */
  const beginBeside = async (active: Generation): Promise<void> => {
    const { candidate, log: logId } = active;
    if (candidate !== undefined && candidate.projections >= projectionsVersion) return;
    const alone = candidate === undefined ? active : await abandonCandidate(redis, active);
    if (alone === undefined || alone.candidate !== undefined) return;
    const units = await newUnits();
    const wanted = { projections: projectionsVersion, log: logId, units, approved: true };
    const begun = await beginCandidate(redis, wanted, alone);
    metrics.generations.inc({ reason: 'older_projections' });
    log.warn(
      { generation: begun?.candidate?.generation, beside: active.generation },
      'a generation of newer projections is filled beside the active one',
    );
  };

  /** Takes up the boards that were defined meanwhile, and gives up those that were retired. */
  const hold = async (active: Generation): Promise<Generation | undefined> => {
    const known = [...(await boards.state()).keys()];
    if (holdsBoards(active, known, projectionsVersion)) return active;
    // Another process may have read further: what it has just taken up must not be given up again.
    const now = await boards.refresh().catch(() => undefined);
    if (now === undefined) return active;
    const wanted = [...now.keys()];
    const held = await holdBoards(redis, active, wanted, projectionsVersion);
    if (held !== active) log.info({ boards: wanted }, 'other boards of operators are kept from now on');
    return held?.generation === active.generation ? held : undefined;
  };

  const judge = async (active: Generation | undefined): Promise<Generation | undefined> => {
    if (active === undefined) return begin(undefined, 'none');
    if (active.projections > projectionsVersion) return undefined;
    const isOfThisLog =
      active.log === (await logStream.state()).logId || active.log === (await logStream.refresh()).logId;
    if (!isOfThisLog) return begin(active, 'another_log');
    if (active.projections === projectionsVersion) return hold(active);
    await beginBeside(active);
    return undefined;
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
