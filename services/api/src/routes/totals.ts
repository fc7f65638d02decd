import { http, id, isRefusal, refuse } from '@carat/protocol';
import { z } from 'zod';
import { actsFor } from '../access.ts';
import { limits } from '../limits.ts';
import { findLive } from '../lives.ts';
import { refusingSignedIn, signedIn } from '../openapi.ts';
import { mayLookBack } from '../past.ts';
import { asOfMoment, lookingBack, pageLimit, type Routes } from './route.ts';

const params = z.object({ live: id });
const tags = ['Lives'];

/** What a live has brought in, and who gave most. */
export const totalsRoutes: Routes = (app, { store, numbers, past }) => {
  app.get(
    '/lives/:live/totals',
    {
      schema: {
        summary: 'What a live has brought in',
        description:
          'Diamonds are told to its creator and to the platform only. ' +
          `${lookingBack} and to its creator.`,
        tags,
        security: signedIn,
        params,
        querystring: z.strictObject({ at: asOfMoment }),
        response: { 200: http.totals, ...refusingSignedIn('forbidden', 'live_unknown') },
      },
    },
    async ({ params: { live }, query: { at }, identity }) => {
      const found = await findLive(store, live);
      if (isRefusal(found)) return found;
      if (at) return mayLookBack(identity, found.creator) ? past.totals(live, at) : refuse('forbidden');
      const read = await numbers((reader) => reader.liveTotals(found));
      if (isRefusal(read)) return read;
      const { millidiamonds, ...shown } = read.totals;
      const mayKnow = actsFor(identity, 'creator', found.creator);
      return { live, asOf: read.asOf, ...shown, ...(mayKnow && { millidiamonds }), perGift: read.perGift };
    },
  );

  app.get(
    '/lives/:live/board',
    {
      schema: {
        summary: 'Who gave most in a live, by coins',
        description: `${lookingBack} and to its creator.`,
        tags,
        security: signedIn,
        params,
        querystring: z.strictObject({
          at: asOfMoment,
          limit: pageLimit(limits.defaultBoardEntries, limits.maxBoardEntries),
        }),
        response: { 200: http.board, ...refusingSignedIn('forbidden', 'live_unknown') },
      },
    },
    async ({ params: { live }, query: { at, limit }, identity }) => {
      const found = await findLive(store, live);
      if (isRefusal(found)) return found;
      if (at)
        return mayLookBack(identity, found.creator) ? past.liveBoard(live, limit, at) : refuse('forbidden');
      const read = await numbers((reader) => reader.liveBoard(found, limit));
      return isRefusal(read) ? read : { ...read, unit: 'coins' as const };
    },
  );
};
