import { randomUUID } from 'node:crypto';
import type { EventStore, JsonObject } from '@carat/event-store';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createLog } from '../testing/log.ts';
import { lookAtMoney } from './money.ts';

let log: Awaited<ReturnType<typeof createLog>>;
let store: EventStore;
beforeEach(async () => {
  log = await createLog();
  store = await log.open();
});
afterEach(() => log.remove());

const write = async (stream: string, type: string, data: JsonObject): Promise<void> => {
  const page = await store.readStream(stream, { direction: 'backwards', limit: 1 });
  const expected = page.exists ? page.last : 'no_stream';
  await store.append([{ stream, expected, events: [{ id: randomUUID(), type, data }] }]);
};
const close = (day: string, previous: string | null, at: number) =>
  write('settlement', 'DayClosed', { day, previous, holdDays: 1, at });
const step = (redemption: string, type: string, at: number) =>
  write('earnings-ann', type, { creator: 'ann', redemption, at });

describe('how diamonds become money', () => {
  it('is not told where no day was ever closed', async () => {
    expect(await lookAtMoney(store)).toBeNull();
    await write('earnings-ann', 'DiamondsSettled', {});
    expect(await lookAtMoney(store)).toBeNull();
  });

  it('stands as the log says', async () => {
    await close('2026-06-08', null, 1);
    const sums = { creators: 1, gifts: 1, coins: '1', millidiamonds: '1' };
    await write('settlement', 'DaySettled', { day: '2026-06-08', ...sums, at: 2 });
    await close('2026-06-09', '2026-06-08', 3);
    const steps = ['RedemptionRequested', 'RedemptionApproved', 'PayoutStarted', 'PayoutSent', 'PayoutPaid'];
    for (const [n, type] of steps.entries()) {
      for (let redemption = n; redemption < 5; redemption += 1) await step(`r${redemption}`, type, 10 + n);
    }
    await step('r5', 'RedemptionRequested', 20);
    await step('r5', 'RedemptionPutInReview', 20);
    await step('r6', 'PayoutStarted', 8);
    await step('r7', 'PayoutStarted', 7);
    await step('r7', 'PayoutNotMade', 21);
    const reconciled = { provider: 'sandbox', from: 0, to: 1, payouts: 2, unnamed: 1, differences: ['x'] };
    await write('reconciliation', 'PayoutsReconciled', { ...reconciled, at: 30 });
    await write('reconciliation', 'PayoutsReconciled', { ...reconciled, unnamed: 2, at: 31 });
    expect(await lookAtMoney(store)).toEqual({
      settlement: {
        ...{ lastClosed: '2026-06-09', closedAt: 3 },
        ...{ settledThrough: '2026-06-08', availableThrough: '2026-06-08' },
      },
      // r0 is requested and no more, which no process leaves it at; r4 is paid.
      redemptions: {
        ...{ inReview: 1, approved: 2, started: 2, sent: 1 },
        oldestStarted: { key: 'ann/r6', since: 8 },
      },
      reconciliations: [{ provider: 'sandbox', at: 31, payouts: 2, differences: 3 }],
    });
  });
});
