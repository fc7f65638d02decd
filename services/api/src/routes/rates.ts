import {
  evolveMoneyRates,
  evolveRates,
  initialMoneyRates,
  initialRates,
  type MoneyRates,
  type Rates,
  rateEventTypes,
  setDiamondRate,
  setMoneyRate,
  streams,
} from '@carat/domain';
import { type FoldedStream, foldStream } from '@carat/history';
import { http, redemptions, refuse } from '@carat/protocol';
import { z } from 'zod';
import { isStaff } from '../access.ts';
import { changeStream } from '../change-stream.ts';
import { refusingSignedIn, signedIn } from '../openapi.ts';
import type { Api, App, Routes } from './route.ts';

const described = { tags: ['Rates'], security: signedIn };

type Read = FoldedStream<{ readonly diamonds: Rates; readonly money: MoneyRates }>;

export const rateRoutes: Routes = (app, api) => {
  const rates: Read = foldStream(api.store, {
    stream: streams.rates,
    types: rateEventTypes,
    initial: { diamonds: initialRates, money: initialMoneyRates },
    evolve: ({ diamonds, money }, events) => ({
      diamonds: events.reduce(evolveRates, diamonds),
      money: events.reduce(evolveMoneyRates, money),
    }),
  });
  for (const register of [readRoute, setDiamondRoute, setMoneyRoute]) register(app, api, rates);
};

const readRoute = (app: App, _: Api, rates: Read): void => {
  app.get(
    '/rates',
    {
      schema: {
        summary: 'All rates ever set, in the order in which they were set',
        description:
          '`rates` are what a coin earns, `money` what a diamond is worth in each currency. Of those that ' +
          'have begun, the latest to begin holds; of equals the one set last. Rates may be set ahead, so a ' +
          'creator knows them before the live.',
        ...described,
        response: {
          200: z.object({ rates: z.array(http.diamondRate), money: z.array(redemptions.moneyRate) }),
          ...refusingSignedIn(),
        },
      },
    },
    async () => {
      const { diamonds, money } = (await rates.read()).state;
      return { rates: [...diamonds], money: [...money] };
    },
  );
};

const setDiamondRoute = (app: App, api: Api, rates: Read): void => {
  app.post(
    '/rates',
    {
      schema: {
        summary: 'Set what a coin earns, from now or from a later instant on',
        description: 'Running combos keep the rate they began with.',
        ...described,
        body: http.setDiamondRate,
        response: {
          200: http.diamondRate,
          ...refusingSignedIn('forbidden', 'rate_begins_in_the_past', 'outcome_unknown'),
        },
      },
    },
    async ({ body: { millidiamondsPerCoin, from }, identity }) => {
      if (!isStaff(identity)) return refuse('forbidden');
      return changeStream(api, streams.rates, {
        read: rates.read,
        decide: () => setDiamondRate({ millidiamondsPerCoin, from, by: identity.sub, now: api.clock.now() }),
        answer: (_, events) => evolveRates([], events[0]!)[0]!,
      });
    },
  );
};

const setMoneyRoute = (app: App, api: Api, rates: Read): void => {
  app.post(
    '/rates/money',
    {
      schema: {
        summary: 'Set what a diamond is worth in a currency, from now or from a later instant on',
        description:
          '`numerator` / `denominator` minor units for a diamond. A currency is offered once it has a ' +
          'rate. What was asked for before keeps its rate.',
        ...described,
        body: redemptions.setMoneyRate,
        response: {
          200: redemptions.moneyRate,
          ...refusingSignedIn('forbidden', 'rate_begins_in_the_past', 'outcome_unknown'),
        },
      },
    },
    async ({ body: { from, ...rate }, identity }) => {
      if (!isStaff(identity)) return refuse('forbidden');
      return changeStream(api, streams.rates, {
        read: rates.read,
        decide: () => setMoneyRate({ ...rate, from, by: identity.sub, now: api.clock.now() }),
        answer: (_, events) => evolveMoneyRates([], events[0]!)[0]!,
      });
    },
  );
};
