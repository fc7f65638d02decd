import { http, id, isRefusal, refuse } from '@carat/protocol';
import { z } from 'zod';
import { actsFor } from '../access.ts';
import { refusingSignedIn, signedIn } from '../openapi.ts';
import { asOfMoment, lookingBack, type Routes } from './route.ts';

export const creatorRoutes: Routes = (app, { numbers, past }) => {
  app.get(
    '/creators/:creator/earnings',
    {
      schema: {
        summary: 'What a creator has earned, all its lives together',
        description: `Told to the creator itself and to the platform only. ${lookingBack} and to itself.`,
        tags: ['Creators'],
        security: signedIn,
        params: z.object({ creator: id }),
        querystring: z.strictObject({ at: asOfMoment }),
        response: { 200: http.earnings, ...refusingSignedIn('forbidden') },
      },
    },
    async ({ params: { creator }, query: { at }, identity }) => {
      if (!actsFor(identity, 'creator', creator)) return refuse('forbidden');
      if (at) return past.earnings(creator, at);
      const read = await numbers((reader) => reader.earnings(creator));
      return isRefusal(read) ? read : { creator, ...read };
    },
  );
};
