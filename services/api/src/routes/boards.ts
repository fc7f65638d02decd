import { http, isRefusal, refuse } from '@carat/protocol';
import { z } from 'zod';
import { limits } from '../limits.ts';
import { refusingSignedIn, signedIn } from '../openapi.ts';
import { mayLookBack } from '../past.ts';
import { asOfMoment, lookingBack, pageLimit, type Routes } from './route.ts';

const tags = ['Boards'];

/** What of a board is asked for. */
export const boardQuery = {
  at: asOfMoment,
  on: z.coerce
    .number()
    .int()
    .min(0)
    .optional()
    .describe('an instant within the window, ms since 1970; now, or `at`, where it is missing'),
  limit: pageLimit(limits.defaultBoardEntries, limits.maxBoardEntries),
};

const queryOf = <Window extends z.ZodType>(window: Window) => z.strictObject({ window, ...boardQuery });

const description =
  'Windows are hours, days and ISO weeks of UTC. Ties go to who reached the score first. ' +
  `${lookingBack}.`;

/** Who is ahead, over all lives. */
export const boardRoutes: Routes = (app, { numbers, past, clock }) => {
  app.get(
    '/boards/creators',
    {
      schema: {
        summary: 'Creators by diamonds',
        description,
        tags,
        security: signedIn,
        querystring: queryOf(http.boardWindow.default('all')),
        response: { 200: http.board, ...refusingSignedIn('forbidden') },
      },
    },
    async ({ query: { window, at, on, limit }, identity }) => {
      if (at)
        return mayLookBack(identity)
          ? past.board({ kind: 'creators', window, on, limit }, at)
          : refuse('forbidden');
      const read = await numbers((reader) => reader.board('creators', window, on ?? clock.now(), limit));
      return isRefusal(read) ? read : { ...read, unit: 'millidiamonds' as const };
    },
  );

  app.get(
    '/boards/gifters',
    {
      schema: {
        summary: 'Viewers by coins sent',
        description,
        tags,
        security: signedIn,
        querystring: queryOf(http.boardWindow.exclude(['hour']).default('all')),
        response: { 200: http.board, ...refusingSignedIn('forbidden') },
      },
    },
    async ({ query: { window, at, on, limit }, identity }) => {
      if (at)
        return mayLookBack(identity)
          ? past.board({ kind: 'gifters', window, on, limit }, at)
          : refuse('forbidden');
      const read = await numbers((reader) => reader.board('gifters', window, on ?? clock.now(), limit));
      return isRefusal(read) ? read : { ...read, unit: 'coins' as const };
    },
  );
};
