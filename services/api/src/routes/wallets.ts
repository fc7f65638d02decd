import { comboId, http, id, refuse } from '@carat/protocol';
import { z } from 'zod';
import { actsFor } from '../access.ts';
import { findCombo } from '../combos.ts';
import { refusingSignedIn, signedIn } from '../openapi.ts';
import { readWalletHead } from '../wallets.ts';
import type { Routes } from './route.ts';

const tags = ['Wallets'];

/** Read from the log itself, so they answer without the read models too. */
export const walletRoutes: Routes = (app, { store }) => {
  app.get(
    '/wallets/:viewer',
    {
      schema: {
        summary: 'What a viewer can spend',
        description: 'Told to the viewer itself and to the platform only.',
        tags,
        security: signedIn,
        params: z.object({ viewer: id }),
        response: { 200: http.wallet, ...refusingSignedIn('forbidden') },
      },
    },
    async ({ params: { viewer }, identity }) => {
      if (!actsFor(identity, 'viewer', viewer)) return refuse('forbidden');
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
