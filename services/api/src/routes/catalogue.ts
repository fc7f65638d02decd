import { type Gift, listGift, retireGift } from '@carat/domain';
import { http, id, refuse } from '@carat/protocol';
import { z } from 'zod';
import { isStaff } from '../access.ts';
import { type CatalogueDesk, createCatalogueDesk } from '../catalogue.ts';
import { limits } from '../limits.ts';
import { refusingSignedIn, signedIn } from '../openapi.ts';
import { type Api, type App, pageLimit, type Routes } from './route.ts';

const params = z.object({ gift: id });
const tags = ['Catalogue'];

/** What can be sent, and for how much. */
export const catalogueRoutes: Routes = (app, api) => {
  const desk = createCatalogueDesk(api);
  changeRoutes(app, api, desk);
  readRoute(app, desk);
};

const changeRoutes = (app: App, { clock }: Api, desk: CatalogueDesk): void => {
  app.put(
    '/catalogue/:gift',
    {
      schema: {
        summary: 'List a gift, or change it',
        description: 'Brings a retired gift back, too. Running combos keep the price they began with.',
        tags,
        security: signedIn,
        params,
        body: http.listGift,
        response: { 200: http.gift, ...refusingSignedIn('forbidden', 'outcome_unknown') },
      },
    },
    async ({ params: { gift }, body, identity }) => {
      if (!isStaff(identity)) return refuse('forbidden');
      const { sub: by } = identity;
      return desk.change(gift, (listed) => listGift({ gift, ...body, by, now: clock.now() }, listed));
    },
  );

  app.post(
    '/catalogue/:gift/retire',
    {
      schema: {
        summary: 'Take a gift out of sale',
        description: 'Running combos of it may go on. Retiring it again changes nothing.',
        tags,
        security: signedIn,
        params,
        response: { 200: http.gift, ...refusingSignedIn('forbidden', 'gift_unknown', 'outcome_unknown') },
      },
    },
    async ({ params: { gift }, identity }) => {
      if (!isStaff(identity)) return refuse('forbidden');
      const { sub: by } = identity;
      return desk.change(gift, (listed) => retireGift({ gift, by, now: clock.now() }, listed));
    },
  );
};

const readRoute = (app: App, desk: CatalogueDesk): void => {
  app.get(
    '/catalogue',
    {
      schema: {
        summary: 'All gifts, retired ones too, in the order in which they were first listed',
        description: 'Send `next` back as `after` for the next page; it is null on the last.',
        tags,
        security: signedIn,
        querystring: z.strictObject({ after: id.optional(), limit: pageLimit(limits.defaultPageEntries) }),
        response: {
          200: z.object({ gifts: z.array(http.gift), next: z.string().nullable() }),
          ...refusingSignedIn('gift_unknown'),
        },
      },
    },
    async ({ query: { after, limit } }) => {
      const catalogue = await desk.read();
      if (after !== undefined && !catalogue.has(after)) return refuse('gift_unknown');
      return pageOf([...catalogue.values()], after, limit);
    },
  );
};

const pageOf = (gifts: readonly Gift[], after: string | undefined, limit: number) => {
  const start = after === undefined ? 0 : gifts.findIndex(({ gift }) => gift === after) + 1;
  const page = gifts.slice(start, start + limit);
  const isLast = start + limit >= gifts.length;
  return { gifts: page, next: isLast ? null : (page.at(-1)?.gift ?? null) };
};
