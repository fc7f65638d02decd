import { openEventStore } from '@carat/event-store';
import { createLogger, createMetrics } from '@carat/service-kit';
import { Redis } from 'ioredis';
import { createProjectorMetrics } from '../../services/projector/src/metrics.ts';
import { startProjector } from '../../services/projector/src/projector.ts';
import { answerQuestions } from './fanout-programs.ts';
import { awaitWhole } from './whole-numbers.ts';

/** A service is given a minute to be ready: what takes longer is filled here before. */

const maxFillMs = 1_800_000;

const questions = {
  /** Fills an empty Redis with all numbers of a log. @returns how long it took, in s */
  async fill({ redisUrl, log }: { readonly redisUrl: string; readonly log: string }): Promise<number> {
    const began = performance.now();
    const store = await openEventStore(log);
    const redis = new Redis(redisUrl);
    const projector = await startProjector({
      ...{ store, eventStore: log, redisUrl, log: createLogger({ service: 'bench', level: 'silent' }) },
      metrics: createProjectorMetrics(createMetrics('bench')),
    });
    await awaitWhole(redis, maxFillMs);
    for (const [, close] of projector.close) await close();
    redis.disconnect();
    await store.close();
    return (performance.now() - began) / 1_000;
  },
};

export type PastFiller = typeof questions;

answerQuestions(questions);
