import { streams } from '@carat/domain';
import { readWholeStream } from '@carat/event-store';
import { createLogger } from '@carat/service-kit';
import { expect, it, vi } from 'vitest';
import { appendDecided } from '../append.ts';
import { createMemoryStore } from '../testing/memory-store.ts';
import { raiseCreators } from '../testing/redeeming.ts';
import { startThresholds } from './thresholds.ts';

const log = createLogger({ service: 'payouts', level: 'silent' });
const now = Date.parse('2026-11-23T12:00:00Z');
const threshold = { name: 'us', currency: 'USD', minor: 100, per: 'year', nearPerMille: 500 } as const;

it('tells of who was paid before it began, once, however many look', async () => {
  const store = createMemoryStore();
  await raiseCreators(store, ['ann'], { diamonds: 10, now });
  const of = { creator: 'ann', redemption: 'r1', at: now };
  const rate = { numerator: 1, denominator: 1 };
  const charges = { feeMinor: 0, feePerMille: 0, withholdingPerMille: 0, denominator: '1' };
  const lines = { gross: '60', fee: '0', withheld: '0', net: '60', remainder: '0' };
  const quote = { diamonds: 60, currency: 'USD', rate, ...charges, ...lines };
  const method = { provider: 'sandbox', reference: 'a' };
  await appendDecided(store, streams.earnings('ann'), 'no_stream', [
    { type: 'RedemptionRequested', data: { ...of, key: 'k', quote, method, by: 'ann' } },
    { type: 'PayoutPaid', data: { ...of, reference: 'ref' } },
  ]);
  const dependencies = { store, clock: { now: () => now }, thresholds: [threshold], log };
  const both = [startThresholds(dependencies), startThresholds(dependencies)];
  const told = async () =>
    (await readWholeStream(store, streams.standing('ann'), 100)).filter(
      ({ type }) => type === 'ThresholdNeared',
    );
  await vi.waitFor(async () => expect(await told()).toHaveLength(1));
  for (const each of both) await each.stop();
  expect(both.map(({ fault }) => fault())).toEqual([undefined, undefined]);
  expect((await told())[0]?.data).toMatchObject({
    creator: 'ann',
    threshold: 'us',
    paid: '60',
    limit: '100',
  });
});
