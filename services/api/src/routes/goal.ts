import { type Goal, setGoal } from '@carat/domain';
import { http, id, isRefusal } from '@carat/protocol';
import type { Identity } from '@carat/service-kit';
import { z } from 'zod';
import { changeOwnLive } from '../lives.ts';
import { refusingSignedIn, signedIn } from '../openapi.ts';
import type { Api, Routes } from './route.ts';

const described = {
  tags: ['Lives'],
  security: signedIn,
  params: z.object({ live: id }),
  response: {
    200: http.live,
    ...refusingSignedIn('forbidden', 'live_unknown', 'live_ended', 'outcome_unknown'),
  },
};

/** What the creator wants a live to bring in. */
export const goalRoutes: Routes = (app, api) => {
  app.put(
    '/lives/:live/goal',
    {
      schema: {
        summary: 'Set the goal of a live',
        description:
          'By its creator, or by the platform for it, while the live runs. It is reached when the totals ' +
          'of the live hold so many coins. The same goal again changes nothing.',
        ...described,
        body: http.setGoal,
      },
    },
    async ({ params: { live }, body, identity }) => change(api, live, identity, body),
  );

  app.delete(
    '/lives/:live/goal',
    {
      schema: {
        summary: 'Take the goal of a live away',
        description: 'By its creator, or by the platform for it. Where it has none, nothing changes.',
        ...described,
      },
    },
    async ({ params: { live }, identity }) => change(api, live, identity, null),
  );
};

const change = async (api: Api, live: string, identity: Identity, goal: Goal | null) => {
  const changed = await changeOwnLive(api, { live, identity }, (state) =>
    setGoal({ goal, by: identity.sub, now: api.clock.now() }, state),
  );
  return isRefusal(changed) ? changed : changed.live;
};
