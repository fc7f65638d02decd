import { http, id, isRefusal, refuse } from '@carat/protocol';
import { z } from 'zod';
import { actsFor } from '../access.ts';
import { refusingSignedIn, signedIn } from '../openapi.ts';
import type { Routes } from './route.ts';

export const creatorRoutes: Routes = (app, { numbers }) => {
  app.get(
    '/creators/:creator/earnings',
    {
      schema: {
        summary: 'What a creator has earned, all its lives together',
        description: 'Told to the creator itself and to the platform only.',
        tags: ['Creators'],
        security: signedIn,
        params: z.object({ creator: id }),
        response: { 200: http.earnings, ...refusingSignedIn('forbidden') },
      },
    },
    async ({ params: { creator }, identity }) => {
      if (!actsFor(identity, 'creator', creator)) return refuse('forbidden');
      const read = await numbers((reader) => reader.earnings(creator));
      return isRefusal(read) ? read : { creator, ...read };
    },
  );
};
