import {
  type Decision,
  freezeCreator,
  type OfCreator,
  recordViolation,
  refuse as refuseDecision,
  releaseCreator,
  removePayoutMethod,
  type Standing,
  type StandingEvent,
  setIdentityStatus,
  setPayoutMethod,
  setTaxStatus,
  withdrawViolation,
} from '@carat/domain';
import { id, isRefusal, type RefusalCode, redemptions, refuse } from '@carat/protocol';
import type { Identity } from '@carat/service-kit';
import { z } from 'zod';
import { actsFor, isStaff } from '../access.ts';
import { refusingSignedIn, signedIn } from '../openapi.ts';
import { showStanding } from '../redemptions/shown.ts';
import { changeStanding, readStanding } from '../redemptions/standing-desk.ts';
import type { Api, Routes } from './route.ts';

const params = z.object({ creator: id });
const byPlatform = 'By the platform. The same again changes nothing.';

const describe = (summary: string, description: string, ...refusing: readonly RefusalCode[]) => ({
  summary,
  description,
  tags: ['Standing'],
  security: signedIn,
  response: {
    200: redemptions.standing,
    ...refusingSignedIn('forbidden', ...refusing, 'outcome_unknown'),
  },
});

type Said = { readonly params: { readonly creator: string }; readonly identity: Identity };

/** Says something of a creator in the name of the platform, and answers how it stands. */
const say = async (
  api: Api,
  { params: { creator }, identity }: Said,
  decide: (of: OfCreator, standing: Standing) => Decision<StandingEvent>,
) => {
  if (!isStaff(identity)) return refuse('forbidden');
  const of = { creator, by: identity.sub, now: api.clock.now() };
  const changed = await changeStanding(api, creator, (standing) => decide(of, standing));
  return isRefusal(changed) ? changed : showStanding(creator, changed);
};

/** What the platform says of creators: references only, no documents and no personal data. */
export const standingRoutes: Routes = (app, api) => {
  for (const register of [readRoute, detailRoutes, methodRoutes, freezeRoutes, violationRoutes]) {
    register(app, api);
  }
};

const readRoute: Routes = (app, { store }) => {
  app.get(
    '/creators/:creator/standing',
    {
      schema: {
        ...describe('What was said of a creator', 'Told to the creator itself and to the platform only.'),
        params,
        response: { 200: redemptions.standing, ...refusingSignedIn('forbidden') },
      },
    },
    async ({ params: { creator }, identity }) => {
      if (!actsFor(identity, 'creator', creator)) return refuse('forbidden');
      return showStanding(creator, await readStanding(store, creator));
    },
  );
};

const detailRoutes: Routes = (app, api) => {
  app.put(
    '/creators/:creator/identity',
    {
      schema: {
        ...describe('Say how far the identity of a creator is verified', byPlatform),
        params,
        body: redemptions.setIdentityStatus,
      },
    },
    (request) => say(api, request, (of, standing) => setIdentityStatus({ ...of, ...request.body }, standing)),
  );

  app.put(
    '/creators/:creator/tax',
    {
      schema: {
        ...describe('Say by which tax status is withheld, and of which year its form is', byPlatform),
        params,
        body: redemptions.setTaxStatus,
      },
    },
    (request) => say(api, request, (of, standing) => setTaxStatus({ ...of, ...request.body }, standing)),
  );
};

const methodRoutes: Routes = (app, api) => {
  const { providers } = api.money;
  app.put(
    '/creators/:creator/payout-method',
    {
      schema: {
        ...describe(
          'Say where a creator is paid to',
          `${byPlatform} Another one is paid to after 24 hours only, in case it was stolen.`,
          'provider_not_offered',
        ),
        params,
        body: redemptions.setPayoutMethod,
      },
    },
    (request) =>
      say(api, request, (of, standing) =>
        providers.includes(request.body.provider)
          ? setPayoutMethod({ ...of, ...request.body }, standing)
          : refuseDecision('provider_not_offered'),
      ),
  );

  app.delete(
    '/creators/:creator/payout-method',
    {
      schema: {
        ...describe('Take the payout method away', 'By the platform. Where there is none, nothing changes.'),
        params,
      },
    },
    (request) => say(api, request, removePayoutMethod),
  );
};

const freezeRoutes: Routes = (app, api) => {
  app.post(
    '/creators/:creator/freeze',
    {
      schema: {
        ...describe(
          'Freeze a creator: no gifts, no redemptions, no payouts',
          byPlatform,
          'freeze_ends_in_the_past',
        ),
        params,
        body: redemptions.freezeCreator,
      },
    },
    (request) => say(api, request, (of, standing) => freezeCreator({ ...of, ...request.body }, standing)),
  );

  app.post(
    '/creators/:creator/release',
    {
      schema: {
        ...describe('Release a creator', 'By the platform. One that is not frozen stays as it is.'),
        params,
        body: redemptions.giveReason,
      },
    },
    (request) => say(api, request, (of, standing) => releaseCreator({ ...of, ...request.body }, standing)),
  );
};

const violationRoutes: Routes = (app, api) => {
  const { scale } = api.money;
  app.post(
    '/creators/:creator/violations',
    {
      schema: {
        ...describe(
          'Record that a creator violated a guideline',
          `${byPlatform} What follows from it is decided by the scale that is configured, and for good.`,
          'violation_id_taken',
        ),
        params,
        body: redemptions.recordViolation,
      },
    },
    (request) =>
      say(api, request, (of, standing) => recordViolation({ ...of, ...request.body, scale }, standing)),
  );

  app.post(
    '/creators/:creator/violations/:violation/withdraw',
    {
      schema: {
        ...describe(
          'Take a violation back, with all that followed from it',
          'By the platform. Again it changes nothing.',
          'violation_unknown',
        ),
        params: z.object({ creator: id, violation: id }),
        body: redemptions.giveReason,
      },
    },
    (request) =>
      say(api, request, (of, standing) =>
        withdrawViolation(
          { ...of, violation: request.params.violation, reason: request.body.reason },
          standing,
        ),
      ),
  );
};
