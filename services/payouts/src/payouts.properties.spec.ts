import fc from 'fast-check';
import { expect, it } from 'vitest';
import { type Act, createPayoutWorld, kinds } from './testing/payout-world.ts';
import { proveConservation } from './testing/proof.ts';
import type { Fate } from './testing/scripted-provider.ts';

const cases = 2_000;
const limitMs = 240_000;

const act: fc.Arbitrary<Act> = fc.record({
  kind: fc.constantFrom(...kinds),
  who: fc.nat(1),
  size: fc.nat(30),
  other: fc.nat(60),
});
const fates: readonly Fate[] = ['paid', 'paid', 'paid', 'failed', 'returned', 'down', 'lost', 'refused'];
const history = fc.record({
  rounds: fc.array(fc.tuple(act, act), { minLength: 20, maxLength: 45, size: 'max' }),
  order: fc.array(fc.nat(5), { minLength: 10, maxLength: 40 }),
  fates: fc.array(fc.constantFrom(...fates), { minLength: 5, maxLength: 20 }),
});

/** Both have earned, and what they earned is settled. */
const opening: readonly (readonly [Act, Act])[] = (['pass', 'settle'] as const).map((kind) => {
  const one = { kind, who: 0, size: 0, other: 3 };
  return [one, { ...one, kind: kind === 'pass' ? 'gift' : kind }];
});

it(
  'two services, any crashes, any faults of the provider: nothing is lost, nothing is paid twice',
  async () => {
    const seen = new Map<string, number>();
    await fc.assert(
      fc.asyncProperty(history, async ({ rounds, order, fates: drawn }) => {
        const world = await createPayoutWorld(order, drawn);
        for (const acts of [...opening, ...rounds]) await world.round(acts);
        await proveConservation(world.store);
        expect(new Set(world.made.map(({ key }) => key)).size).toBe(world.made.length);

        await world.end();
        const earnings = await proveConservation(world.store);
        const made = new Map(world.made.map((each) => [each.key, each]));
        expect(made.size).toBe(world.made.length);
        for (const { redemptions } of earnings.values()) {
          for (const { status, payout, quote } of redemptions.values()) {
            const at = payout ? made.get(payout.key) : undefined;
            // What the provider refused, or was never asked for, it has not made.
            expect(status).toBe(at?.ends ?? (status === 'cancelled' ? 'cancelled' : 'failed'));
            expect(at?.amountMinor ?? quote.net).toBe(quote.net);
            made.delete(payout?.key ?? '');
          }
        }
        expect(made.size).toBe(0);
        expect((await world.reconcile()).differences).toEqual([]);
        const { events } = await world.store.readAll({ limit: 10_000 });
        for (const { type } of events) seen.set(type, (seen.get(type) ?? 0) + 1);
      }),
      { numRuns: cases },
    );
    // The histories come everywhere, and often: else they would prove nothing.
    const reached = ['PayoutPaid', 'PayoutReturned', 'PayoutFailed', 'PayoutNotMade', 'RedemptionCancelled'];
    for (const type of reached) expect(seen.get(type) ?? 0, type).toBeGreaterThan(cases / 50);
  },
  limitMs,
);
