import { comboId, http, id, refuse } from '@carat/protocol';
import { z } from 'zod';
import { actsFor } from '../access.ts';
import { findCombo } from '../combos.ts';
import { refusingSignedIn, signedIn } from '../openapi.ts';
import { mayLookBack } from '../past.ts';
import { readWalletHead } from '../wallets.ts';
import { asOfMoment, lookingBack, type Routes } from './route.ts';

const tags = ['Wallets'];

/** Read from the log itself, so they answer without the read models too. */
export const walletRoutes: Routes = (app, { store, past }) => {
  app.get(
    '/wallets/:viewer',
    {
      schema: {
        summary: 'What a viewer can spend',
        description: `Told to the viewer itself and to the platform only. ${lookingBack}.`,
        tags,
        security: signedIn,
        params: z.object({ viewer: id }),
        querystring: z.strictObject({ at: asOfMoment }),
        response: { 200: http.wallet, ...refusingSignedIn('forbidden') },
      },
    },
    async ({ params: { viewer }, query: { at }, identity }) => {
      if (!actsFor(identity, 'viewer', viewer)) return refuse('forbidden');
      if (at) return mayLookBack(identity) ? past.wallet(viewer, at) : refuse('forbidden');
      const { balance, position } = await readWalletHead(store, viewer);
      return { viewer, balance, position };
    },
  );

  app.get(
    '/wallets/:viewer/combos/:combo',
    {
      schema: {
        summary: 'How a combo stands, however old it is',
        description: 'Told to the viewer itself and to the platform only.',
        tags,
        security: signedIn,
        params: z.object({ viewer: id, combo: comboId }),
        response: { 200: http.combo, ...refusingSignedIn('forbidden', 'not_found') },
      },
    },
    async ({ params: { viewer, combo }, identity }) => {
      if (!actsFor(identity, 'viewer', viewer)) return refuse('forbidden');
      return findCombo(store, viewer, combo);
    },
  );
};
