import { http, refuse } from '@carat/protocol';
import { isStaff } from '../access.ts';
import { makeGrant } from '../grants.ts';
import { refusingSignedIn, signedIn } from '../openapi.ts';
import type { Routes } from './route.ts';

export const grantRoutes: Routes = (app, api) => {
  app.post(
    '/grants',
    {
      schema: {
        summary: 'Grant coins to a viewer',
        description:
          'Once and for ever under the grant id that you choose: whenever it is repeated, it answers the ' +
          'first grant with `repeated: true` and adds nothing.',
        tags: ['Wallets'],
        security: signedIn,
        body: http.grantCoins,
        response: {
          200: http.grant,
          ...refusingSignedIn(
            'forbidden',
            'wallet_is_full',
            'grant_belongs_to_another_wallet',
            'outcome_unknown',
          ),
        },
      },
    },
    async ({ body, identity }) => {
      if (!isStaff(identity)) return refuse('forbidden');
      return makeGrant(api, { ...body, by: identity.sub });
    },
  );
};
