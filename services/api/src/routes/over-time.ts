import { http, id, isRefusal, refuse } from '@carat/protocol';
import { dayMs, minuteMs, type Stretch } from '@carat/read-models';
import { z } from 'zod';
import { actsFor } from '../access.ts';
import { limits } from '../limits.ts';
import { findLive } from '../lives.ts';
import { refusingSignedIn, signedIn } from '../openapi.ts';
import { pageLimit, type Routes } from './route.ts';

const before = z.coerce.number().int().min(0).optional();
const toOwners = 'Told to the creator itself and to the platform only.';

/** What was booked when, and the lives of a creator. */
export const overTimeRoutes: Routes = (app, api) => {
  for (const register of [minutesRoute, daysRoute, livesRoute]) register(app, api);
};

const minutesRoute: Routes = (app, { store, numbers, clock }) => {
  app.get(
    '/lives/:live/minutes',
    {
      schema: {
        summary: 'What a live has brought in by the minute',
        description:
          `${toOwners} Of its last 24 hours, or with \`before\` of the 24 hours before that instant. ` +
          'Minutes in which nothing was booked are left out.',
        tags: ['Lives'],
        security: signedIn,
        params: z.object({ live: id }),
        querystring: z.strictObject({ before: before.describe('ms since 1970') }),
        response: { 200: http.liveMinutes, ...refusingSignedIn('forbidden', 'live_unknown') },
      },
    },
    async ({ params: { live }, query: { before }, identity }) => {
      const found = await findLive(store, live);
      if (isRefusal(found)) return found;
      const { creator, endedAt } = found;
      if (!actsFor(identity, 'creator', creator)) return refuse('forbidden');
      const to = before ?? (endedAt ?? clock.now()) + limits.lateMs;
      const stretch = endingAt(to, minuteMs, limits.maxMinutes);
      const read = await numbers((reader) => reader.liveMinutes({ live, creator }, stretch));
      return isRefusal(read) ? read : { live, ...read };
    },
  );
};

const daysRoute: Routes = (app, { numbers, clock }) => {
  app.get(
    '/creators/:creator/days',
    {
      schema: {
        summary: 'What a creator was given by the day',
        description:
          `${toOwners} Days of UTC, of the last year, or with \`before\` of the year before that instant. ` +
          'Days on which nothing was booked are left out.',
        tags: ['Creators'],
        security: signedIn,
        params: z.object({ creator: id }),
        querystring: z.strictObject({ before: before.describe('ms since 1970') }),
        response: { 200: http.creatorDays, ...refusingSignedIn('forbidden') },
      },
    },
    async ({ params: { creator }, query: { before }, identity }) => {
      if (!actsFor(identity, 'creator', creator)) return refuse('forbidden');
      const stretch = endingAt(before ?? clock.now() + limits.lateMs, dayMs, limits.maxDays);
      const read = await numbers((reader) => reader.creatorDays(creator, stretch));
      return isRefusal(read) ? read : { creator, ...read };
    },
  );
};

/** So many whole spans that the last one holds what comes right before the instant. */
const endingAt = (to: number, ms: number, spans: number): Stretch => ({
  from: Math.max(0, (Math.ceil(to / ms) - spans) * ms),
  to,
});

const livesRoute: Routes = (app, { numbers }) => {
  app.get(
    '/creators/:creator/lives',
    {
      schema: {
        summary: 'The lives of a creator, newest first, and what each has brought in',
        description:
          `${toOwners} Of the newest 1,000; send \`next\` back as \`before\` for older ones. Lives that ` +
          'were started in the same ms are never parted, so a page may be a little longer than asked for.',
        tags: ['Creators'],
        security: signedIn,
        params: z.object({ creator: id }),
        querystring: z.strictObject({
          before: before.describe('started before this instant, ms since 1970'),
          limit: pageLimit(limits.defaultLives, limits.maxLives),
        }),
        response: { 200: http.creatorLives, ...refusingSignedIn('forbidden') },
      },
    },
    async ({ params: { creator }, query: { before, limit }, identity }) => {
      if (!actsFor(identity, 'creator', creator)) return refuse('forbidden');
      const read = await numbers((reader) => reader.creatorLives(creator, { before, limit }));
      return isRefusal(read) ? read : { creator, ...read };
    },
  );
};
