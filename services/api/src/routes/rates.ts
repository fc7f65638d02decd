import { evolveRates, initialRates, rateEventTypes, setDiamondRate, streams } from '@carat/domain';
import { foldStream } from '@carat/history';
import { http, refuse } from '@carat/protocol';
import { z } from 'zod';
import { isStaff } from '../access.ts';
import { writeOf } from '../append.ts';
import { decideAndAppend } from '../decide-and-append.ts';
import { refusingSignedIn, signedIn } from '../openapi.ts';
import type { Routes } from './route.ts';

const tags = ['Rates'];

export const rateRoutes: Routes = (app, { store, inTurn, clock, newId }) => {
  const rates = foldStream(store, {
    stream: streams.rates,
    types: rateEventTypes,
    initial: initialRates,
    evolve: (state, events) => events.reduce(evolveRates, state),
  });

  app.get(
    '/rates',
    {
      schema: {
        summary: 'All diamond rates, in the order in which they were set',
        description: 'Of those that have begun, the latest to begin holds; of equals the one set last.',
        tags,
        security: signedIn,
        response: { 200: z.object({ rates: z.array(http.diamondRate) }), ...refusingSignedIn() },
      },
    },
    async () => ({ rates: [...(await rates.read()).state] }),
  );

  app.post(
    '/rates',
    {
      schema: {
        summary: 'Set what a coin earns, from now or from a later instant on',
        description: 'Running combos keep the rate they began with.',
        tags,
        security: signedIn,
        body: http.setDiamondRate,
        response: {
          200: http.diamondRate,
          ...refusingSignedIn('forbidden', 'rate_begins_in_the_past', 'outcome_unknown'),
        },
      },
    },
    async ({ body: { millidiamondsPerCoin, from }, identity }) => {
      if (!isStaff(identity)) return refuse('forbidden');
      return inTurn(streams.rates, () =>
        decideAndAppend<http.DiamondRate>(store, async () => {
          const { expected } = await rates.read();
          const decision = setDiamondRate({
            millidiamondsPerCoin,
            from,
            by: identity.sub,
            now: clock.now(),
          });
          if (decision.refused) return { writes: [], answer: decision.refusal };
          const [set] = evolveRates([], decision.events[0]!);
          return { writes: [writeOf(streams.rates, expected, decision.events, newId)], answer: set! };
        }),
      );
    },
  );
};
