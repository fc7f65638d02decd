import { blockViewer, unblockViewer } from '@carat/domain';
import { http, id, isRefusal, refuse } from '@carat/protocol';
import { z } from 'zod';
import { actsFor } from '../access.ts';
import { limits } from '../limits.ts';
import { changeOwnLive, findLive } from '../lives.ts';
import { refusingSignedIn, signedIn } from '../openapi.ts';
import { pageLimit, type Routes } from './route.ts';

const params = z.object({ live: id });
const described = { tags: ['Lives'], security: signedIn };

/** From whom a live takes no gifts. */
export const blockRoutes: Routes = (app, api) => {
  for (const register of [blockRoute, unblockRoute, listRoute]) register(app, api);
};

const blockRoute: Routes = (app, api) => {
  app.post(
    '/lives/:live/blocks',
    {
      schema: {
        summary: 'Block a viewer in a live',
        description:
          'By its creator, or by the platform for it: the live takes no more gifts from that viewer. ' +
          'What was given before stays. Doing so again changes nothing.',
        ...described,
        params,
        body: http.blockViewer,
        response: {
          200: http.block,
          ...refusingSignedIn('forbidden', 'live_unknown', 'too_many_blocked', 'outcome_unknown'),
        },
      },
    },
    async ({ params: { live }, body: { viewer }, identity }) => {
      const changed = await changeOwnLive(api, { live, identity }, (state) =>
        blockViewer({ viewer, by: identity.sub, now: api.clock.now() }, state),
      );
      return isRefusal(changed) ? changed : { live, viewer, blocked: true };
    },
  );
};

const unblockRoute: Routes = (app, api) => {
  app.delete(
    '/lives/:live/blocks/:viewer',
    {
      schema: {
        summary: 'Take the block of a viewer back',
        description: 'By the live’s creator, or by the platform. Where there is none, nothing changes.',
        ...described,
        params: params.extend({ viewer: id }),
        response: { 200: http.block, ...refusingSignedIn('forbidden', 'live_unknown', 'outcome_unknown') },
      },
    },
    async ({ params: { live, viewer }, identity }) => {
      const changed = await changeOwnLive(api, { live, identity }, (state) =>
        unblockViewer({ viewer, by: identity.sub, now: api.clock.now() }, state),
      );
      return isRefusal(changed) ? changed : { live, viewer, blocked: false };
    },
  );
};

const listRoute: Routes = (app, { store }) => {
  app.get(
    '/lives/:live/blocks',
    {
      schema: {
        summary: 'Viewers that are blocked in a live',
        description:
          'To its creator and the platform. In the order of their ids; send `next` back as `after` for ' +
          'the next page.',
        ...described,
        params,
        querystring: z.strictObject({ after: id.optional(), limit: pageLimit(limits.defaultPageEntries) }),
        response: { 200: http.blocks, ...refusingSignedIn('forbidden', 'live_unknown') },
      },
    },
    async ({ params: { live }, query: { after = '', limit }, identity }) => {
      const found = await findLive(store, live);
      if (isRefusal(found)) return found;
      if (!actsFor(identity, 'creator', found.creator)) return refuse('forbidden');
      const later = [...found.blocked].filter((viewer) => viewer > after).sort();
      const viewers = later.slice(0, limit);
      return { live, viewers, next: later.length > limit ? (viewers.at(-1) ?? null) : null };
    },
  );
};
