import { redemptions, refuse } from '@carat/protocol';
import { isOperator } from '../access.ts';
import { limits } from '../limits.ts';
import { refusingSignedIn, signedIn } from '../openapi.ts';
import { createPayoutsLook } from '../redemptions/queue.ts';
import type { Routes } from './route.ts';

/** What waits for operators of payouts, and what is under way. */
export const payoutsStateRoutes: Routes = (app, { store, log }) => {
  const payouts = createPayoutsLook(store, log);
  app.addHook('onClose', () => payouts.close());
  app.get(
    '/operators/payouts',
    {
      schema: {
        summary: 'How settlement, redemptions and payouts stand',
        description:
          `To operators only. Of redemptions at most ${limits.maxQueueShown} are told, the oldest first; ` +
          'the counts are of all. The first one who asks has this process read the log for them: until ' +
          'that is done it is `overloaded`.',
        tags: ['Operators'],
        security: signedIn,
        response: { 200: redemptions.payoutsState, ...refusingSignedIn('forbidden') },
      },
    },
    async ({ identity }) => (isOperator(identity) ? payouts.look() : refuse('forbidden')),
  );
};
