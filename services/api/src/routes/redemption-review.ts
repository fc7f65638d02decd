import { approveRedemption, cancelRedemption, turnDownRedemption } from '@carat/domain';
import { id, isRefusal, type Refusal, redemptions, refuse } from '@carat/protocol';
import type { Identity } from '@carat/service-kit';
import { z } from 'zod';
import { actsFor, isOperator } from '../access.ts';
import { refusingSignedIn, signedIn } from '../openapi.ts';
import type { RedemptionDesk } from '../redemptions/desk.ts';
import { showRedemption } from '../redemptions/shown.ts';
import { eventsOf, readEarningsEvents } from '../redemptions/told.ts';
import type { Api, App } from './route.ts';

const described = {
  tags: ['Redemptions'],
  security: signedIn,
  params: z.object({ creator: id, redemption: id }),
};
const refusing = ['forbidden', 'redemption_unknown', 'redemption_too_late', 'outcome_unknown'] as const;

type Of = { readonly creator: string; readonly redemption: string };

/** Taking back what was asked for, and deciding on what waits for an operator. */
export const redemptionReviewRoutes = (app: App, api: Api, desk: RedemptionDesk): void => {
  for (const register of [cancelRoute, approveRoute, refuseRoute]) register(app, api, desk);
};

const cancelRoute = (app: App, { clock }: Api, desk: RedemptionDesk): void => {
  app.post(
    '/creators/:creator/redemptions/:redemption/cancel',
    {
      schema: {
        summary: 'Take back what was asked for',
        description:
          'By the creator, or by the platform for it, as long as nobody has begun to pay. The diamonds go ' +
          'back. Again it changes nothing.',
        ...described,
        response: { 200: redemptions.redemption, ...refusingSignedIn(...refusing) },
      },
    },
    async ({ params: of, identity }) => {
      if (!actsFor(identity, 'creator', of.creator)) return refuse('forbidden');
      const decided = { ...of, by: identity.sub, now: clock.now() };
      return show(of, await desk.decide(of, (earnings) => cancelRedemption(decided, earnings)));
    },
  );
};

const show = ({ creator }: Of, known: Awaited<ReturnType<RedemptionDesk['decide']>>) =>
  isRefusal(known) ? known : showRedemption(creator, known);

/**
 * Four eyes: whoever asked for the money, or is to get it, does not approve it, whatever else it may do.
 */
const findConflict = async (store: Api['store'], of: Of, { sub }: Identity): Promise<Refusal | undefined> => {
  const requested = eventsOf(await readEarningsEvents(store, of.creator), of.redemption).find(
    ({ type }) => type === 'RedemptionRequested',
  );
  const isOwn = sub === of.creator || (requested && 'by' in requested.data && requested.data.by === sub);
  const message = 'Another operator must approve this: you asked for it, or it is paid to you.';
  return isOwn ? refuse('forbidden', { message }) : undefined;
};

const approveRoute = (app: App, { store, clock }: Api, desk: RedemptionDesk): void => {
  app.post(
    '/creators/:creator/redemptions/:redemption/approve',
    {
      schema: {
        summary: 'Approve what waits for an operator',
        description:
          'By an operator who neither asked for it nor is the creator. It is refused where the standing of ' +
          'the creator is in the way by now. Again it changes nothing.',
        ...described,
        response: {
          200: redemptions.redemption,
          ...refusingSignedIn(
            ...refusing,
            'creator_closed',
            'creator_frozen',
            'redemption_held',
            'identity_not_verified',
          ),
        },
      },
    },
    async ({ params: of, identity }) => {
      if (!isOperator(identity)) return refuse('forbidden');
      const conflict = await findConflict(store, of, identity);
      if (conflict) return conflict;
      const decided = { ...of, by: identity.sub, now: clock.now() };
      return show(
        of,
        await desk.decide(of, (earnings, standing) => approveRedemption(decided, earnings, standing)),
      );
    },
  );
};

const refuseRoute = (app: App, { clock }: Api, desk: RedemptionDesk): void => {
  app.post(
    '/creators/:creator/redemptions/:redemption/refuse',
    {
      schema: {
        summary: 'Refuse what nobody has begun to pay',
        description: 'By an operator, who says why. The diamonds go back. Again it changes nothing.',
        ...described,
        body: redemptions.giveReason,
        response: { 200: redemptions.redemption, ...refusingSignedIn(...refusing) },
      },
    },
    async ({ params: of, body: { reason }, identity }) => {
      if (!isOperator(identity)) return refuse('forbidden');
      const decided = { ...of, by: identity.sub, now: clock.now(), reason };
      return show(of, await desk.decide(of, (earnings) => turnDownRedemption(decided, earnings)));
    },
  );
};
