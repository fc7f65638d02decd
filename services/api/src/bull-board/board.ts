import { createBullBoard } from '@bull-board/api';
import { BullMQAdapter } from '@bull-board/api/bullMQAdapter';
import { FastifyAdapter } from '@bull-board/fastify';
import { refuse } from '@carat/protocol';
import type { Auth } from '@carat/service-kit';
import type { FastifyInstance } from 'fastify';
import { describeError } from '../errors.ts';
import { limits } from '../limits.ts';
import type { Jobs } from './jobs.ts';
import { refuseOthers, signIn } from './sign-in.ts';

/** Where operators look at the projector's jobs. */
export const boardPath = '/operators/queues';

/** Its pages bring their scripts, styles and pictures along; nothing is loaded from elsewhere. */
const headers = {
  'content-security-policy': [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data:",
    "font-src 'self'",
    "connect-src 'self'",
    "base-uri 'self'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; '),
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'cache-control': 'no-store',
} as const;

/**
 * Shows the projector's jobs to operators, and to nobody else; nothing can be changed there. A browser sends
 * no header with what it opens: a POST to the same address, with one, gets it a cookie.
 */
export const mountBullBoard = (app: FastifyInstance, jobs: Jobs, auth: Auth): void => {
  app.post(boardPath, { schema: { hide: true } }, (request, reply) =>
    signIn(auth, boardPath, request, reply.headers(headers)),
  );
  app.register(async (scope) => {
    scope.addHook('onRequest', async (request, reply) => {
      reply.headers(headers);
      const refusal = (await refuseOthers(auth, request)) ?? refuseUnseen(request.method, jobs);
      if (refusal !== undefined) return reply.send(refusal);
    });
    await scope.register(pagesOf(jobs, scope).registerPlugin(), { prefix: boardPath });
  });
};

const refuseUnseen = (method: string, jobs: Jobs) => {
  if (method !== 'GET' && method !== 'HEAD') {
    return refuse('forbidden', { message: 'Jobs are looked at here, never changed.' });
  }
  if (!jobs.isAway()) return undefined;
  return refuse('overloaded', {
    message: 'The jobs cannot be read: Redis is away. Gifts are accepted all the same.',
    retryAfterMs: limits.retryAfterMs,
  });
};

const pagesOf = (jobs: Jobs, { log }: FastifyInstance): FastifyAdapter => {
  const pages = new FastifyAdapter().setBasePath(boardPath);
  createBullBoard({
    queues: [new BullMQAdapter(jobs.queue, { readOnlyMode: true })],
    serverAdapter: pages,
    options: { uiConfig: { boardTitle: 'Carat: jobs of the projector' } },
  });
  // The board would tell what went wrong inside; a refusal gets its status as everywhere in the api.
  return pages.setErrorHandler((error) => {
    const { refusal, fault } = describeError(error, false);
    if (fault) log.warn({ err: error }, 'the jobs cannot be shown');
    return { body: refusal };
  });
};
