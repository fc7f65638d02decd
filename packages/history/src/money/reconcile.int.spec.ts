import { type ListedByProvider, streams } from '@carat/domain';
import type { EventStore } from '@carat/event-store';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createLog } from '../testing/log.ts';
import { appendTo, dayClosed, redemptionOf } from '../testing/redemptions.ts';
import { type ListingProvider, reconcilePayouts } from './reconcile.ts';

const day = 86_400_000;
const monday = Date.parse('2026-11-02T00:00:00Z');
const noon = monday + day / 2;

let log: Awaited<ReturnType<typeof createLog>>;
let store: EventStore;

beforeEach(async () => {
  log = await createLog();
  store = await log.open();
});
afterEach(() => log.remove());

const listedOf = (creator: string, redemption: string, madeAt: number): ListedByProvider => ({
  ...{
    key: `${creator}/${redemption}`,
    reference: `ref-${creator}-${redemption}`,
    referenceFrom: 'pay',
    madeAt,
  },
  ...{ recipient: `account-of-${creator}`, amountMinor: '100', currency: 'USD', state: { outcome: 'paid' } },
});

/** A provider whose list has one payout a page. */
const providerOf = (...all: readonly ListedByProvider[]): ListingProvider => ({
  name: 'sandbox',
  list: async ({ from, to, page = '0' }) => {
    const within = all.filter(({ madeAt }) => madeAt >= from && madeAt < to);
    const next = Number(page) + 1;
    return {
      payouts: within.slice(Number(page), next),
      next: next < within.length ? String(next) : undefined,
      completeTo: to,
    };
  },
});

/** Ann is paid on Monday, Bea on Tuesday; each day is closed after it. */
const payBoth = async (): Promise<void> => {
  const [ann, bea] = [redemptionOf('ann', 'r1'), redemptionOf('bea', 'r1')];
  await appendTo(store, streams.settlement, dayClosed('2026-11-01', null, monday + 600_000));
  await appendTo(store, streams.earnings('ann'), ann.requested(noon), ann.started(noon), ann.paid(noon + 1));
  await appendTo(store, streams.settlement, dayClosed('2026-11-02', '2026-11-01', monday + day + 600_000));
  const later = noon + day;
  await appendTo(
    store,
    streams.earnings('bea'),
    bea.requested(later),
    bea.started(later),
    bea.paid(later + 1),
  );
  await appendTo(
    store,
    streams.settlement,
    dayClosed('2026-11-03', '2026-11-02', monday + 2 * day + 600_000),
  );
};

describe('comparing a provider’s list with the log', () => {
  it('compares what was begun in a time, page by page', async () => {
    await payBoth();
    const provider = providerOf(listedOf('ann', 'r1', noon + 5), listedOf('bea', 'r1', noon + day + 5));
    const both = { from: monday, to: monday + 2 * day };
    expect(await reconcilePayouts(store, provider, both)).toMatchObject({ payouts: 2, differences: [] });
    const first = { from: monday, to: monday + day };
    expect(await reconcilePayouts(store, provider, first)).toMatchObject({ payouts: 1, differences: [] });
  });

  it('names what one of them lacks', async () => {
    await payBoth();
    const provider = providerOf(listedOf('ann', 'r1', noon + 5), listedOf('ann', 'r9', noon + 6));
    const { differences } = await reconcilePayouts(store, provider, { from: monday, to: monday + 2 * day });
    expect(differences.map(({ kind, key }) => [kind, key])).toEqual([
      ['unknown_to_log', 'ann/r9'],
      ['missing_at_provider', 'bea/r1'],
    ]);
  });

  it('knows a payout again that was begun before the end of the time and made after it', async () => {
    const [begun, midnight] = [redemptionOf('ann', 'r1'), monday + day];
    await appendTo(store, streams.earnings('ann'), begun.requested(noon), begun.started(midnight - 1));
    await appendTo(store, streams.earnings('ann'), begun.paid(midnight + 9));
    const provider = providerOf(listedOf('ann', 'r1', midnight + 5));
    const time = { from: monday, to: midnight };
    expect(await reconcilePayouts(store, provider, time)).toMatchObject({ payouts: 1, differences: [] });
  });

  it('refuses a list that goes round in a circle', async () => {
    const endless: ListingProvider = {
      name: 'sandbox',
      list: async ({ to }) => ({ payouts: [], next: 'again', completeTo: to }),
    };
    await expect(reconcilePayouts(store, endless, { from: 0, to: 1 })).rejects.toThrow(
      'The list of sandbox does not go on.',
    );
  });
});
