import { http, id, isRefusal, position } from '@carat/protocol';
import { z } from 'zod';
import { limits } from '../limits.ts';
import { findLive } from '../lives.ts';
import { refusingSignedIn, signedIn } from '../openapi.ts';
import { pageLimit, type Routes } from './route.ts';

export const feedRoutes: Routes = (app, { store, numbers }) => {
  app.get(
    '/lives/:live/feed',
    {
      schema: {
        summary: 'Bookings of a live, in the order of the log',
        description:
          'The newest, or with `after` those that came after a place: send `next` back as `after` for what ' +
          'comes next. Where `gap` is true, bookings in between are no longer held: begin from the totals.',
        tags: ['Lives'],
        security: signedIn,
        params: z.object({ live: id }),
        querystring: z.strictObject({
          after: position.optional(),
          limit: pageLimit(limits.defaultPageEntries),
        }),
        response: { 200: http.feed, ...refusingSignedIn('live_unknown') },
      },
    },
    async ({ params: { live }, query: { after, limit } }) => {
      const found = await findLive(store, live);
      if (isRefusal(found)) return found;
      const page = after === undefined ? { limit } : { after, limit };
      const read = await numbers((reader) => reader.liveFeed(found, page));
      return isRefusal(read) ? read : { live, ...read };
    },
  );
};
