import { foldEarnings, initialEarnings } from '@carat/domain';
import { id, isRefusal, type Refusal, redemptions, refuse } from '@carat/protocol';
import type { Identity } from '@carat/service-kit';
import { z } from 'zod';
import { actsFor, isStaff } from '../access.ts';
import { limits } from '../limits.ts';
import { refusingSignedIn, signedIn } from '../openapi.ts';
import { type RedemptionDesk, readEarnings } from '../redemptions/desk.ts';
import { showRedemption } from '../redemptions/shown.ts';
import { eventsOf, readEarningsEvents, tellEvent } from '../redemptions/told.ts';
import { type Api, type App, pageLimit } from './route.ts';

const described = { tags: ['Redemptions'], security: signedIn };
const toOwners = 'Told to the creator itself and to the platform only.';

/** Why a redemption is not granted, in order of precedence. */
const refusing = [
  'forbidden',
  'creator_closed',
  'creator_frozen',
  'redemption_held',
  'identity_not_verified',
  'payout_method_missing',
  'payout_method_too_new',
  'currency_not_offered',
  'redemption_below_minimum',
  'redemption_above_maximum',
  'too_few_diamonds',
  'redemption_leaves_nothing',
] as const;

/** Whose diamonds are meant: the platform names the creator, anybody else is it. */
const meantBy = (identity: Identity, named: string | undefined): string | Refusal => {
  const creator = named ?? (identity.roles.includes('creator') ? identity.sub : undefined);
  if (creator !== undefined) return actsFor(identity, 'creator', creator) ? creator : refuse('forbidden');
  if (!isStaff(identity)) return refuse('forbidden');
  return refuse('invalid', { path: 'creator', message: 'creator: say whose diamonds are meant' });
};

/** Asking what diamonds come to, asking for it, and what became of it. */
export const redemptionRoutes = (app: App, api: Api, desk: RedemptionDesk): void => {
  for (const register of [quoteRoute, requestRoute, listRoute, readRoute]) register(app, api, desk);
};

const quoteRoute = (app: App, { clock }: Api, desk: RedemptionDesk): void => {
  app.post(
    '/redemptions/quote',
    {
      schema: {
        summary: 'What diamonds would come to now, line by line',
        description:
          'By the creator, or by the platform, which names it. It is refused as the request would be. ' +
          'Nothing is booked, and the rate is fixed by the request only.',
        ...described,
        body: redemptions.askQuote,
        response: { 200: redemptions.quoteLines, ...refusingSignedIn(...refusing) },
      },
    },
    async ({ body: { creator: named, ...ask }, identity }) => {
      const creator = meantBy(identity, named);
      return typeof creator === 'string' ? desk.quote(creator, { ...ask, now: clock.now() }) : creator;
    },
  );
};

const requestRoute = (app: App, { clock, newId }: Api, desk: RedemptionDesk): void => {
  app.post(
    '/redemptions',
    {
      schema: {
        summary: 'Ask for the money',
        description:
          'By the creator, or by the platform, which names it. The key is made by the caller and honoured ' +
          'once, for ever: sent again it answers 200 and what became of the request. The rate is that of ' +
          'this moment. Small, ordinary requests are approved at once, others wait for an operator.',
        ...described,
        body: redemptions.requestRedemption,
        response: {
          200: redemptions.redemption,
          201: redemptions.redemption,
          ...refusingSignedIn('redemption_key_taken', ...refusing, 'outcome_unknown'),
        },
      },
    },
    async ({ body: { creator: named, ...asked }, identity }, reply) => {
      const creator = meantBy(identity, named);
      if (typeof creator !== 'string') return creator;
      const by = { creator, by: identity.sub, now: clock.now() };
      const requested = await desk.request({ ...asked, ...by, redemption: newId() });
      if (isRefusal(requested)) return requested;
      return reply.code(requested.isNew ? 201 : 200).send(showRedemption(creator, requested.known));
    },
  );
};

const listRoute = (app: App, { store }: Api): void => {
  app.get(
    '/creators/:creator/redemptions',
    {
      schema: {
        summary: 'What a creator asked for, newest first',
        description: toOwners,
        ...described,
        params: z.object({ creator: id }),
        querystring: z.strictObject({
          before: id.optional().describe('a redemption: those asked for before it'),
          limit: pageLimit(limits.defaultRedemptions, limits.maxRedemptions),
        }),
        response: { 200: redemptions.redemptionPage, ...refusingSignedIn('forbidden', 'redemption_unknown') },
      },
    },
    async ({ params: { creator }, query: { before, limit }, identity }) => {
      if (!actsFor(identity, 'creator', creator)) return refuse('forbidden');
      const { state } = await readEarnings(store, creator);
      const newestFirst = [...state.redemptions.values()].reverse();
      const place = newestFirst.findIndex(({ redemption }) => redemption === before);
      if (before !== undefined && place < 0) return refuse('redemption_unknown');
      const page = newestFirst.slice(place + 1, place + 1 + limit);
      const isLast = place + 1 + limit >= newestFirst.length;
      return {
        redemptions: page.map((known) => showRedemption(creator, known)),
        next: isLast ? null : page.at(-1)!.redemption,
      };
    },
  );
};

const readRoute = (app: App, { store }: Api): void => {
  app.get(
    '/creators/:creator/redemptions/:redemption',
    {
      schema: {
        summary: 'One redemption, with everything that happened to it',
        description: toOwners,
        ...described,
        params: z.object({ creator: id, redemption: id }),
        response: { 200: redemptions.redemptionTold, ...refusingSignedIn('forbidden', 'redemption_unknown') },
      },
    },
    async ({ params: { creator, redemption }, identity }) => {
      if (!actsFor(identity, 'creator', creator)) return refuse('forbidden');
      const events = await readEarningsEvents(store, creator);
      const known = foldEarnings(initialEarnings, events).redemptions.get(redemption);
      if (known === undefined) return refuse('redemption_unknown');
      return { ...showRedemption(creator, known), events: eventsOf(events, redemption).map(tellEvent) };
    },
  );
};
