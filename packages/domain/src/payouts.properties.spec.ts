import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createAwards, isExact, missingDiamonds, moneySent } from './conservation.ts';
import { balanceOf, evolveEarnings, initialEarnings } from './earnings.ts';
import type { EarningsEvent, SettlementEvent } from './events.ts';
import { stateEarnings } from './statement.ts';
import { beginWorld, hear, kinds, type Step, take } from './testing/payout-steps.ts';
import { type Creator, creators, type World } from './testing/payout-world.ts';

const cases = 2_500;
const limitMs = 60_000;

/** Nothing missing, nothing below zero, every part of a minor unit in some line: at this place of the log. */
const prove = (world: World): void => {
  const awards = createAwards();
  const otherwise = world.log.flatMap(({ event }) => {
    const isOfAwards =
      event.type === 'GiftSent' || event.type === 'DayClosed' || event.type === 'DiamondsSettled';
    return (isOfAwards && awards.see(event)) || [];
  });
  expect(otherwise).toEqual([]);
  for (const creator of creators) {
    const { earnings } = world.truth[creator];
    const balance = balanceOf(earnings, world.settlement.is);
    expect(missingDiamonds(awards.of(creator), balance)).toBe(0n);
    for (const amount of Object.values(balance)) expect(amount >= 0n).toBe(true);
    expect(balance.settled).toBe(balance.held + balance.available + balance.onTheWay + balance.paid);
    for (const { quote } of earnings.redemptions.values()) expect(isExact(quote)).toBe(true);
  }
};

/** At most one payout per redemption; once all is told, what the provider paid is what the log says. */
const proveMoney = (world: World): void => {
  expect(new Set(world.ledger.map(({ key }) => key)).size).toBe(world.ledger.length);
  for (const process of [0, 1, 0]) {
    world.read[process]!.earnings = { ...world.truth };
    for (const told of world.told) hear(world, process, told);
  }
  const kept = world.ledger.filter(({ fate }) => fate === 'paid').reduce((sum, { net }) => sum + net, 0n);
  let paid = 0n;
  for (const creator of creators) paid += moneySent(world.truth[creator].earnings).get('USD')?.paid ?? 0n;
  expect(paid).toBe(kept);
};

const isOf = (creator: Creator, event: World['log'][number]['event']): event is EarningsEvent =>
  event.type !== 'GiftSent' && 'creator' in event.data && event.data.creator === creator;
const isSettlement = (event: World['log'][number]['event']): event is SettlementEvent =>
  event.type === 'DayClosed' || event.type === 'DaySettled';

/** A statement of all time closes with what was held or available when the last day was closed. */
const proveStatement = (world: World, creator: Creator): void => {
  const events = world.log.map(({ event }) => event);
  const closed = events.findLastIndex(({ type }) => type === 'DayClosed');
  const earnings = events
    .filter((event) => isOf(creator, event))
    .filter((event) => event.type === 'DiamondsSettled' || events.indexOf(event) < closed)
    .reduce(evolveEarnings, initialEarnings);
  const { held, available } = balanceOf(earnings, world.settlement.is);
  const period = { from: '2026-12-01', to: '9999-12-31' };
  const ours = events.filter((event) => isSettlement(event) || isOf(creator, event));
  expect(stateEarnings(creator, period, ours).millidiamonds.closing).toBe(String(held + available));
};

const step: fc.Arbitrary<Step> = fc.record({
  kind: fc.constantFrom(...kinds),
  process: fc.nat(1),
  who: fc.nat(1),
  size: fc.nat(60),
  other: fc.nat(60),
});

describe('whatever happens on the way from diamonds to money', () => {
  it(
    'none is lost or paid twice, no balance goes below zero, every minor unit is accounted for',
    () => {
      const seen = new Map<string, number>();
      fc.assert(
        fc.property(fc.array(step, { minLength: 30, maxLength: 100, size: 'max' }), (steps) => {
          const world = beginWorld();
          for (const each of steps) take(world, each);
          prove(world);
          proveMoney(world);
          prove(world);
          for (const creator of creators) proveStatement(world, creator);
          for (const { event } of world.log) seen.set(event.type, (seen.get(event.type) ?? 0) + 1);
        }),
        { numRuns: cases },
      );
      // The walks come everywhere, and often: else they would prove nothing.
      const reached = ['PayoutPaid', 'PayoutReturned', 'PayoutFailed', 'PayoutNotMade', 'RedemptionRefused'];
      for (const type of reached) expect(seen.get(type) ?? 0, type).toBeGreaterThan(cases / 50);
    },
    limitMs,
  );
});
