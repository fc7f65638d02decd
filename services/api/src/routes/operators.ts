import { http, refuse } from '@carat/protocol';
import { activeGeneration, readLedgers } from '@carat/read-models';
import { isOperator } from '../access.ts';
import { limits } from '../limits.ts';
import { refusingSignedIn, signedIn } from '../openapi.ts';
import { proveConservation } from '../operators/conservation.ts';
import { createLogFold } from '../operators/log-fold.ts';
import { shareLooks } from '../operators/shared.ts';
import { createStatusLook } from '../operators/status.ts';
import type { Routes } from './route.ts';

const described = { tags: ['Operators'], security: signedIn };
const toOperators = 'To operators only. However many ask, the system is looked at twice a second at most.';

/** How the system does, for whoever runs it. */
export const operatorRoutes: Routes = (app, { store, system }) => {
  const lookAtStatus = shareLooks(createStatusLook(store, system), limits.minLookPauseMs);
  app.get(
    '/operators/status',
    {
      schema: {
        summary: 'How the log, the numbers and the queue stand',
        description: `${toOperators} It is what \`carat status --json\` says.`,
        ...described,
        response: { 200: http.systemStatus, ...refusingSignedIn('forbidden') },
      },
    },
    async ({ identity }) => (isOperator(identity) ? lookAtStatus() : refuse('forbidden')),
  );

  const fold = createLogFold(store);
  app.addHook('onClose', () => fold.close());
  const prove = shareLooks(
    async () => ({
      at: Date.now(),
      ...(await proveConservation(store, fold, async () => {
        const active = system && (await activeGeneration(system.redis));
        return active && readLedgers(system.redis, active);
      })),
    }),
    limits.minLookPauseMs,
  );
  app.get(
    '/operators/proof',
    {
      schema: {
        summary: 'Whether every coin is accounted for, in the log and in the numbers',
        description:
          `${toOperators} The first one who asks has this process fold the log from its beginning, while ` +
          'everything else goes on; until that is done, `holds` is null.',
        ...described,
        response: { 200: http.conservation, ...refusingSignedIn('forbidden') },
      },
    },
    async ({ identity }) => (isOperator(identity) ? prove() : refuse('forbidden')),
  );
};
