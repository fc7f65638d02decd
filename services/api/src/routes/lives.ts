import { endLive, startLive } from '@carat/domain';
import { http, id, isRefusal, type Refusal, refuse } from '@carat/protocol';
import { z } from 'zod';
import { actsFor } from '../access.ts';
import { changeLive, changeOwnLive, findLive, showLive } from '../lives.ts';
import { refusingSignedIn, signedIn } from '../openapi.ts';
import type { Routes } from './route.ts';

const params = z.object({ live: id });
const tags = ['Lives'];

/** Starting and ending lives. */
export const liveRoutes: Routes = (app, api) => {
  for (const register of [startRoute, endRoute, readRoute]) register(app, api);
};

const startRoute: Routes = (app, api) => {
  app.post(
    '/lives',
    {
      schema: {
        summary: 'Start a live',
        description:
          'By its creator, or by the platform for it. Name the live yourself to be able to repeat the ' +
          'request: the same start, while the live runs, answers 200 and starts nothing.',
        tags,
        security: signedIn,
        body: http.startLive,
        response: {
          200: http.live,
          201: http.live,
          ...refusingSignedIn('forbidden', 'live_ended', 'live_exists_already', 'outcome_unknown'),
        },
      },
    },
    async ({ body, identity }, reply) => {
      if (!actsFor(identity, 'creator', body.creator)) return refuse('forbidden');
      const { live = api.newId(), creator, title = null } = body;
      const started = await changeLive(api, live, (state) =>
        startLive({ live, creator, title, by: identity.sub, now: api.clock.now() }, state),
      );
      if (isRefusal(started)) return sayName(started, live);
      return reply.code(started.isChanged ? 201 : 200).send(started.live);
    },
  );
};

/** Sent again without the name, it would start another live. */
const sayName = (refusal: Refusal, live: string): Refusal => {
  if (refusal.refused !== 'outcome_unknown') return refusal;
  const message = `Nobody can tell whether the live was started. Send the same again with "live": "${live}".`;
  return { ...refusal, message };
};

const endRoute: Routes = (app, api) => {
  app.post(
    '/lives/:live/end',
    {
      schema: {
        summary: 'End a live',
        description: 'By its creator, or by the platform for it. Ending it again changes nothing.',
        tags,
        security: signedIn,
        params,
        response: { 200: http.live, ...refusingSignedIn('forbidden', 'live_unknown', 'outcome_unknown') },
      },
    },
    async ({ params: { live }, identity }) => {
      const ended = await changeOwnLive(api, { live, identity }, (state) =>
        endLive({ by: identity.sub, now: api.clock.now() }, state),
      );
      return isRefusal(ended) ? ended : ended.live;
    },
  );
};

const readRoute: Routes = (app, { store }) => {
  app.get(
    '/lives/:live',
    {
      schema: {
        summary: 'A live: whose it is, and whether it runs',
        tags,
        security: signedIn,
        params,
        response: { 200: http.live, ...refusingSignedIn('live_unknown') },
      },
    },
    async ({ params: { live } }) => {
      const found = await findLive(store, live);
      return isRefusal(found) ? found : showLive(found);
    },
  );
};
