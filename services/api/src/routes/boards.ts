import { http, isRefusal } from '@carat/protocol';
import { z } from 'zod';
import { limits } from '../limits.ts';
import { refusingSignedIn, signedIn } from '../openapi.ts';
import { pageLimit, type Routes } from './route.ts';

const tags = ['Boards'];

const queryOf = <Window extends z.ZodType>(window: Window) =>
  z.strictObject({
    window,
    at: z.coerce
      .number()
      .int()
      .min(0)
      .optional()
      .describe('an instant within the window, ms since 1970; now where it is missing'),
    limit: pageLimit(limits.defaultBoardEntries, limits.maxBoardEntries),
  });

const description = 'Windows are hours, days and ISO weeks of UTC. Ties go to who reached the score first.';

/** Who is ahead, over all lives. */
export const boardRoutes: Routes = (app, { numbers, clock }) => {
  app.get(
    '/boards/creators',
    {
      schema: {
        summary: 'Creators by diamonds',
        description,
        tags,
        security: signedIn,
        querystring: queryOf(http.boardWindow.default('all')),
        response: { 200: http.board, ...refusingSignedIn() },
      },
    },
    async ({ query: { window, at = clock.now(), limit } }) => {
      const read = await numbers((reader) => reader.board('creators', window, at, limit));
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
        response: { 200: http.board, ...refusingSignedIn() },
      },
    },
    async ({ query: { window, at = clock.now(), limit } }) => {
      const read = await numbers((reader) => reader.board('gifters', window, at, limit));
      return isRefusal(read) ? read : { ...read, unit: 'coins' as const };
    },
  );
};
