import type { redemptions } from '@carat/protocol';
import { describe, expect, it } from 'vitest';
import { accountStand, identityStand, sayFollows } from './standing-words.ts';

const now = Date.UTC(2026, 10, 3, 12);
const later = now + 3_600_000;
const warning = {
  violation: 'v1',
  guideline: 'g1',
  giftsOffUntil: null,
  redemptionHeldUntil: null,
  closed: false,
  withdrawn: false,
};
const standing = (changes: Partial<redemptions.StandingShown> = {}): redemptions.StandingShown => ({
  creator: 'amara',
  identity: 'verified',
  identityReference: null,
  tax: null,
  method: null,
  freeze: null,
  violations: [],
  nearedThresholds: [],
  ...changes,
});

describe('what follows from a violation', () => {
  it.each([
    [{}, /^A warning/],
    [{ giftsOffUntil: now }, /^No gifts until 3 Nov 2026, \d\d:\d\d\.$/],
    [{ giftsOffUntil: now, redemptionHeldUntil: later }, /^No gifts until .*, no payouts until .*\.$/],
    [{ redemptionHeldUntil: later }, /^No payouts until/],
    [{ closed: true }, /closed/],
    [{ closed: true, withdrawn: true }, /^Withdrawn/],
  ])('%j', (changes, said) => {
    expect(sayFollows({ ...warning, ...changes })).toMatch(said);
  });
});

describe('how an account stands', () => {
  it.each([
    [{}, 'In good standing'],
    [{ violations: [warning] }, 'In good standing'],
    [{ violations: [{ ...warning, giftsOffUntil: later }] }, 'Gifts off'],
    [{ violations: [{ ...warning, giftsOffUntil: now }] }, 'In good standing'],
    [{ violations: [{ ...warning, giftsOffUntil: later, redemptionHeldUntil: later }] }, 'Payouts held'],
    [{ violations: [{ ...warning, redemptionHeldUntil: later, withdrawn: true }] }, 'In good standing'],
    [{ freeze: { reason: 'r', until: null } }, 'Frozen'],
    [{ freeze: { reason: 'r', until: now } }, 'In good standing'],
    [{ freeze: { reason: 'r', until: null }, violations: [{ ...warning, closed: true }] }, 'Closed'],
  ])('%j: %s', (changes, words) => {
    expect(accountStand(standing(changes), now).words).toBe(words);
  });

  it('is good only where the identity is verified', () => {
    const tones = (['verified', 'pending', 'unverified', 'rejected'] as const).map(
      (identity) => identityStand(identity).tone,
    );
    expect(tones).toEqual(['good', 'waiting', 'waiting', 'bad']);
  });
});
