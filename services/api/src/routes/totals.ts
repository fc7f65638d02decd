import { http, id, isRefusal } from '@carat/protocol';
import { z } from 'zod';
import { actsFor } from '../access.ts';
import { limits } from '../limits.ts';
import { findLive } from '../lives.ts';
import { refusingSignedIn, signedIn } from '../openapi.ts';
import { pageLimit, type Routes } from './route.ts';

const params = z.object({ live: id });
const tags = ['Lives'];

/** What a live has brought in, and who gave most. */
export const totalsRoutes: Routes = (app, { store, numbers }) => {
  app.get(
    '/lives/:live/totals',
    {
      schema: {
        summary: 'What a live has brought in',
        description: 'Diamonds are told to its creator and to the platform only.',
        tags,
        security: signedIn,
        params,
        response: { 200: http.totals, ...refusingSignedIn('live_unknown') },
      },
    },
    async ({ params: { live }, identity }) => {
      const found = await findLive(store, live);
      if (isRefusal(found)) return found;
      const read = await numbers((reader) => reader.liveTotals(live));
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
        tags,
        security: signedIn,
        params,
        querystring: z.strictObject({ limit: pageLimit(limits.defaultBoardEntries, limits.maxBoardEntries) }),
        response: { 200: http.board, ...refusingSignedIn('live_unknown') },
      },
    },
    async ({ params: { live }, query: { limit } }) => {
      const found = await findLive(store, live);
      if (isRefusal(found)) return found;
      const read = await numbers((reader) => reader.liveBoard(live, limit));
      return isRefusal(read) ? read : { ...read, unit: 'coins' as const };
    },
  );
};
