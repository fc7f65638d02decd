import type { GrantCoins } from '@carat/domain';
import { openEventStore } from '@carat/event-store';
import { makeGrant, type Outcome } from './event-store-grants.ts';

/** A process that makes grants, each at the moment it is told: `event-store-granter.fixture.ts <address>`. */
export type GrantOrder = { readonly command: GrantCoins; readonly atMs: number } | 'stop';
export type GrantReport = Outcome | 'ready';

const store = await openEventStore(process.argv[2] ?? '');

process.on('message', async (order: GrantOrder) => {
  if (order === 'stop') {
    await store.close();
    return process.disconnect();
  }
  while (Date.now() < order.atMs);
  process.send?.(await makeGrant(store, order.command));
});
process.send?.('ready' satisfies GrantReport);
