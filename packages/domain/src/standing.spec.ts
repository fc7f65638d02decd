import { describe, expect, it } from 'vitest';
import type { StandingEvent } from './events.ts';
import { defaultPolicy, withholdingOf } from './redemption-policy.ts';
import {
  evolveStanding,
  findGiftRestriction,
  findRedemptionRestriction,
  initialStanding,
  type Standing,
} from './standing.ts';
import {
  defaultScale,
  freezeCreator,
  recordViolation,
  releaseCreator,
  removePayoutMethod,
  setIdentityStatus,
  setPayoutMethod,
  setTaxStatus,
  withdrawViolation,
} from './standing-decisions.ts';
import { dayMs, decided, goodStanding, noon } from './testing/redeeming.ts';

const by = { creator: 'ann', by: 'olga', now: noon };
const fold = (standing: Standing, events: readonly StandingEvent[]) =>
  events.reduce(evolveStanding, standing);
const violate = (violation: string, standing: Standing, now = noon) =>
  recordViolation(
    { ...by, now, violation, guideline: `guideline-${violation}`, scale: defaultScale },
    standing,
  );
const violated = (...ids: string[]) =>
  ids.reduce((standing, id) => fold(standing, decided(violate(id, standing))), goodStanding);

describe('what is said of a creator', () => {
  it('is said once: the same again decides nothing', () => {
    const identity = { ...by, status: 'verified', reference: 'doc-1' } as const;
    const tax = { ...by, status: 'w9', formYear: 2026, reference: 'form-1' };
    const method = { ...by, provider: 'sandbox', reference: 'm2' };
    const one = fold(initialStanding, setIdentityStatus(identity, initialStanding).events);
    const two = fold(one, setTaxStatus(tax, one).events);
    const three = fold(two, setPayoutMethod(method, two).events);
    expect(three).toMatchObject({
      ...{ identity: 'verified', identityReference: 'doc-1', at: noon },
      ...{ tax: { status: 'w9', formYear: 2026 }, method: { reference: 'm2', since: noon } },
    });
    const later = { now: noon + 1 };
    expect(setIdentityStatus({ ...identity, ...later }, three).events).toEqual([]);
    expect(setTaxStatus({ ...tax, ...later }, three).events).toEqual([]);
    expect(setPayoutMethod({ ...method, ...later }, three).events).toEqual([]);
    const removed = fold(three, removePayoutMethod(by, three).events);
    expect(removed.method).toBeNull();
    expect(removePayoutMethod(by, removed).events).toEqual([]);
  });

  it('never goes back in time', () => {
    const standing = { ...goodStanding, at: noon + 5 };
    expect(removePayoutMethod(by, standing).events[0]!.data.at).toBe(noon + 5);
  });

  it('decides what is withheld: by a form that is still valid, and of a status that is named', () => {
    const policy = {
      ...defaultPolicy,
      withholdingPerMille: { w8ben: 300 },
      withholdingWithoutFormPerMille: 240,
    };
    const of = (tax: Standing['tax']) => withholdingOf({ ...goodStanding, tax }, policy, noon);
    const form = { status: 'w8ben', formYear: 2023, reference: null };
    expect(of(form)).toBe(300);
    expect(of({ ...form, formYear: 2022 })).toBe(240);
    expect(of({ ...form, status: 'toString' })).toBe(240);
    expect(of(null)).toBe(240);
  });
});

describe('a freeze', () => {
  it('stops gifts and redemptions until its end, or until it is released', () => {
    const frozen = fold(
      goodStanding,
      decided(freezeCreator({ ...by, reason: 'check', until: noon + 9 }, goodStanding)),
    );
    const why = { why: 'frozen', reason: 'check', until: noon + 9 };
    expect(findGiftRestriction(frozen, noon + 8)).toEqual(why);
    expect(findRedemptionRestriction(frozen, noon + 8)).toEqual(why);
    expect(findGiftRestriction(frozen, noon + 9)).toBeUndefined();
    const released = fold(frozen, releaseCreator({ ...by, reason: 'all well' }, frozen).events);
    expect(findRedemptionRestriction(released, noon)).toBeUndefined();
    expect(releaseCreator({ ...by, reason: 'all well' }, released).events).toEqual([]);
  });

  it('is said once, may be changed, and does not end before it begins', () => {
    const freeze = { ...by, reason: 'check', until: null };
    const frozen = fold(goodStanding, decided(freezeCreator(freeze, goodStanding)));
    expect(decided(freezeCreator(freeze, frozen))).toEqual([]);
    expect(decided(freezeCreator({ ...freeze, reason: 'other' }, frozen))).toHaveLength(1);
    expect(freezeCreator({ ...freeze, until: noon }, goodStanding)).toMatchObject({
      refusal: { refused: 'freeze_ends_in_the_past' },
    });
  });
});

describe('violations', () => {
  it('warn, then turn gifts off, then hold redemption, then close the account', () => {
    const [warned, off, held] = [violated('1'), violated('1', '2'), violated('1', '2', '3')];
    expect(findGiftRestriction(warned, noon)).toBeUndefined();
    expect(findGiftRestriction(off, noon)).toMatchObject({ why: 'gifts_off', until: noon + 7 * dayMs });
    expect(findGiftRestriction(off, noon + 7 * dayMs)).toBeUndefined();
    expect(findRedemptionRestriction(off, noon)).toBeUndefined();
    const until = noon + 30 * dayMs;
    expect(findRedemptionRestriction(held, noon)).toMatchObject({ why: 'redemption_held', until });
    expect(findGiftRestriction(held, noon)).toMatchObject({ why: 'gifts_off', until, reason: 'guideline-3' });
    for (const closed of [violated('1', '2', '3', '4'), violated('1', '2', '3', '4', '5')]) {
      expect(findRedemptionRestriction(closed, noon + 999 * dayMs)).toMatchObject({
        why: 'closed',
        until: null,
      });
    }
  });

  it('count once per id, and no more once withdrawn', () => {
    const off = violated('1', '2');
    expect(decided(violate('2', off, noon + 1))).toEqual([]);
    expect(
      recordViolation({ ...by, violation: '2', guideline: 'another', scale: defaultScale }, off),
    ).toMatchObject({ refusal: { refused: 'violation_id_taken' } });
    const appeal = { ...by, violation: '2', reason: 'a mistake' };
    const cleared = fold(off, decided(withdrawViolation(appeal, off)));
    expect(findGiftRestriction(cleared, noon)).toBeUndefined();
    expect(decided(withdrawViolation(appeal, cleared))).toEqual([]);
    expect(withdrawViolation({ ...appeal, violation: '9' }, off)).toMatchObject({
      refusal: { refused: 'violation_unknown' },
    });
    const [next] = decided(violate('3', cleared));
    expect(next!.data).toMatchObject({ giftsOffUntil: noon + 7 * dayMs, redemptionHeldUntil: null });
  });
});
