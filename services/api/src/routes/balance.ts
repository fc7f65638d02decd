import { availableWith, isAvailable } from '@carat/domain';
import { parsePosition } from '@carat/event-store';
import { id, isRefusal, position, redemptions, refuse } from '@carat/protocol';
import { z } from 'zod';
import { actsFor } from '../access.ts';
import { limits } from '../limits.ts';
import { refusingSignedIn, signedIn } from '../openapi.ts';
import { readBalance, termsOf } from '../redemptions/balance.ts';
import type { RedemptionDesk } from '../redemptions/desk.ts';
import { readEarningsEvents } from '../redemptions/told.ts';
import { type Api, type App, pageLimit } from './route.ts';

const described = { tags: ['Redemptions'], security: signedIn };
const toOwners = 'Told to the creator itself and to the platform only.';

/** How a creator's earnings stand, and the settled days behind them. */
export const balanceRoutes = (app: App, api: Api, desk: RedemptionDesk): void => {
  for (const register of [balanceRoute, settlementsRoute, giftsRoute]) register(app, api, desk);
};

const balanceRoute = (app: App, { store, numbers, clock }: Api, desk: RedemptionDesk): void => {
  app.get(
    '/creators/:creator/balance',
    {
      schema: {
        summary: 'What of a creator’s diamonds is pending, held, available, on the way and paid',
        description:
          `${toOwners} All sums are as of one place of the log, and add up to what was awarded; that and ` +
          'what is pending are null while the read models cannot be had. `terms` are as of now: they are ' +
          'what a request would be decided by.',
        ...described,
        params: z.object({ creator: id }),
        response: { 200: redemptions.balance, ...refusingSignedIn('forbidden') },
      },
    },
    async ({ params: { creator }, identity }) => {
      if (!actsFor(identity, 'creator', creator)) return refuse('forbidden');
      const sums = await readBalance(store, numbers, creator);
      return { ...sums, terms: termsOf(await desk.look(creator), clock.now()) };
    },
  );
};

const day = z.string().regex(/^\d{4}-\d\d-\d\d$/, 'must be a day, as 2026-11-23');

const settlementsRoute = (app: App, { store }: Api, desk: RedemptionDesk): void => {
  app.get(
    '/creators/:creator/settlements',
    {
      schema: {
        summary: 'The days that were settled for a creator, newest first',
        description: `${toOwners} Days on which nothing was earned are left out.`,
        ...described,
        params: z.object({ creator: id }),
        querystring: z.strictObject({
          before: day.optional().describe('a UTC day: those before it'),
          limit: pageLimit(limits.defaultSettledDays, limits.maxSettledDays),
        }),
        response: { 200: redemptions.settledDays, ...refusingSignedIn('forbidden') },
      },
    },
    async ({ params: { creator }, query: { before, limit }, identity }) => {
      if (!actsFor(identity, 'creator', creator)) return refuse('forbidden');
      const settlement = await desk.readSettlement();
      const days: redemptions.SettledDay[] = [];
      for (const { type, data } of await readEarningsEvents(store, creator)) {
        if (type !== 'DiamondsSettled' || (before !== undefined && data.day >= before)) continue;
        const { day, gifts, coins, millidiamonds, hash } = data;
        const by = settlement.holdDays === null ? null : availableWith(day, settlement.holdDays);
        const available = isAvailable(settlement, day);
        days.push({ day, gifts, coins, millidiamonds, hash, availableWith: by, available });
      }
      const page = days.reverse().slice(0, limit);
      return { creator, days: page, next: days.length > limit ? page.at(-1)!.day : null };
    },
  );
};

const giftsRoute = (app: App, { past }: Api): void => {
  app.get(
    '/creators/:creator/settlements/:day/gifts',
    {
      schema: {
        summary: 'The bookings that are settled with a day, in log order',
        description:
          `${toOwners} They are what lies in the log between the closing of the day before and that of the ` +
          'day, whatever their own time says, and are read from the log itself.',
        ...described,
        params: z.object({ creator: id, day }),
        querystring: z.strictObject({
          after: position.optional().describe('`next` of the page before'),
          limit: pageLimit(limits.defaultSettledGifts, limits.maxSettledGifts),
        }),
        response: { 200: redemptions.settledGifts, ...refusingSignedIn('forbidden', 'not_found') },
      },
    },
    async ({ params: { creator, day }, query: { after, limit }, identity }) => {
      if (!actsFor(identity, 'creator', creator)) return refuse('forbidden');
      const from = after === undefined ? undefined : parsePosition(after);
      const page = await past.settledGifts({ creator, day, after: from, limit });
      if (isRefusal(page)) return page;
      const gifts = page.gifts.map(({ id: event, position, gift }) => ({ ...gift, event, position }));
      return { creator, day, gifts, next: page.isLast ? null : gifts.at(-1)!.position };
    },
  );
};
