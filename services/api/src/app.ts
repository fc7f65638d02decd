import type { DumpStore } from '@carat/history';
import { isRefusal, refuse } from '@carat/protocol';
import Fastify, { type FastifyBaseLogger, LogController } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { identify } from './access.ts';
import { answerError, answerGarbage, setUpAnswering } from './answering.ts';
import { mountBullBoard } from './bull-board/board.ts';
import { limits } from './limits.ts';
import { createNumbers, type NumbersReader } from './numbers.ts';
import { observeRequests } from './observe.ts';
import { registerOpenApi } from './openapi.ts';
import { mountPages } from './pages.ts';
import { createPast } from './past.ts';
import { createRedemptionDesk } from './redemptions/desk.ts';
import { balanceRoutes } from './routes/balance.ts';
import { blockRoutes } from './routes/blocks.ts';
import { boardRoutes } from './routes/boards.ts';
import { catalogueRoutes } from './routes/catalogue.ts';
import { creatorRoutes } from './routes/creators.ts';
import { definedBoardRoutes } from './routes/defined-boards.ts';
import { feedRoutes } from './routes/feed.ts';
import { goalRoutes } from './routes/goal.ts';
import { grantRoutes } from './routes/grants.ts';
import { liveRoutes } from './routes/lives.ts';
import { operatorRoutes } from './routes/operators.ts';
import { overTimeRoutes } from './routes/over-time.ts';
import { payoutsStateRoutes } from './routes/payouts-state.ts';
import { rateRoutes } from './routes/rates.ts';
import { redemptionReviewRoutes } from './routes/redemption-review.ts';
import { redemptionRoutes } from './routes/redemptions.ts';
import type { Api, App, Routes } from './routes/route.ts';
import { serviceRoutes } from './routes/service.ts';
import { standingRoutes } from './routes/standing.ts';
import { statementRoutes } from './routes/statements.ts';
import { totalsRoutes } from './routes/totals.ts';
import { walletRoutes } from './routes/wallets.ts';
import { createTurns } from './turns.ts';

/** Everything that this service works with; nothing in it is made here. */
export type Dependencies = Omit<Api, 'inTurn' | 'numbers' | 'past'> & {
  readonly numbers: NumbersReader;
  /** Where tables of all time are kept, so that they need not be folded from the start of the log. */
  readonly dumps?: DumpStore;
  /** Where the build of the pages lies. */
  readonly pagesDir: string;
};

/** What redemptions are decided by is read at one desk. */
const payoutRoutes: Routes = (app, api) => {
  const desk = createRedemptionDesk({ ...api, policy: api.money.policy });
  for (const register of [balanceRoutes, redemptionRoutes, redemptionReviewRoutes]) register(app, api, desk);
};

const signedInRoutes: readonly Routes[] = [
  liveRoutes,
  goalRoutes,
  blockRoutes,
  totalsRoutes,
  feedRoutes,
  catalogueRoutes,
  rateRoutes,
  grantRoutes,
  walletRoutes,
  creatorRoutes,
  payoutRoutes,
  standingRoutes,
  statementRoutes,
  overTimeRoutes,
  boardRoutes,
  definedBoardRoutes,
  operatorRoutes,
  payoutsStateRoutes,
];

/** The API as a Fastify instance: to be listened with, or injected into. */
export const buildApi = (dependencies: Dependencies): App => {
  const { log } = dependencies;
  const numbers = createNumbers(dependencies.numbers, log);
  const past = createPast(dependencies.store, dependencies.dumps);
  const api: Api = { ...dependencies, numbers, past, inTurn: createTurns() };
  const app: App = Fastify({
    loggerInstance: log as FastifyBaseLogger,
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: limits.maxBodyBytes,
    requestTimeout: limits.maxRequestMs,
    handlerTimeout: limits.maxHandlingMs,
    return503OnClosing: false,
    forceCloseConnections: 'idle',
    routerOptions: { maxParamLength: limits.maxParamChars },
    frameworkErrors: answerError,
    clientErrorHandler: answerGarbage,
  }).withTypeProvider<ZodTypeProvider>();

  setUpAnswering(app);
  registerOpenApi(app, api.gatewayUrl);
  app.register(async (open: App) => serviceRoutes(open, api));
  mountPages(app, dependencies.pagesDir, api.gatewayUrl);
  if (api.system) mountBullBoard(app, api.system.jobs, api.auth);
  app.register(async (signedIn: App) => {
    observeRequests(signedIn, api.metrics);
    requireToken(signedIn, api);
    for (const register of signedInRoutes) register(signedIn, api);
  });
  return app;
};

/**
 * After validation, as `invalid` comes before `unauthenticated` in the order of refusals. While the clock is
 * known to be wrong nothing is written: events would carry its time for ever.
 */
const requireToken = (app: App, { auth, clockFault }: Api): void => {
  app.addHook('preHandler', async (request, reply) => {
    const identity = await identify(auth, request.headers.authorization);
    if (isRefusal(identity)) return reply.send(identity);
    request.identity = identity;
    if (request.method !== 'GET' && clockFault() !== undefined) {
      return reply.send(refuse('overloaded', { retryAfterMs: limits.retryAfterMs }));
    }
  });
};
