import { CaratError, CaratRefusal } from '@carat/client';
import { refusalCodes, refusals, refuse } from '@carat/protocol';
import { describe, expect, it } from 'vitest';
import { ApiRefusal } from './api.ts';
import { sayError, sayRefusal } from './words.ts';

describe('refusals in plain words', () => {
  it.each(refusalCodes)('%s has a sentence of its own that needs no knowledge of Carat', (code) => {
    const said = sayRefusal(refuse(code, { message: 'count: must be 1 or more' }));
    expect(said).toMatch(/^[A-Z].*[.!?:a-z0-9]$/);
    expect(said.length).toBeGreaterThan(20);
    expect(said.length).toBeLessThan(120);
    expect(said).not.toMatch(/_|`|token|claim|undefined|\bid\b/);
    expect(said).not.toBe(refusals[code].meaning);
  });

  it('are told apart', () => {
    expect(new Set(refusalCodes.map((code) => sayRefusal(refuse(code)))).size).toBe(refusalCodes.length);
  });

  it('say what the wallet could still pay for', () => {
    expect(sayRefusal(refuse('wallet_has_too_few_coins', { affordable: 1_200 }))).toContain('1,200 of these');
    expect(sayRefusal(refuse('wallet_has_too_few_coins', { affordable: 0 }))).not.toContain('0');
  });

  it('say to the last diamond what can be redeemed, though it passes 2^53', () => {
    expect(sayRefusal(refuse('too_few_diamonds', { available: '9007199254740993' }))).toContain(
      '9,007,199,254,740,993',
    );
  });
});

describe('errors in plain words', () => {
  it('are those of the refusal, whoever brought it', () => {
    const said = sayRefusal(refuse('live_ended'));
    expect(sayError(new CaratRefusal(refuse('live_ended')))).toBe(said);
    expect(sayError(new ApiRefusal(refuse('live_ended')))).toBe(said);
  });

  it('tell a full outbox from an unknown outcome and from silence', () => {
    const said = ['outbox_full', 'gave_up', 'connect_failed'] as const;
    const all = [
      ...said.map((code) => sayError(new CaratError(code))),
      sayError(new TypeError('fetch failed')),
    ];
    expect(new Set(all).size).toBe(4);
    expect(all.join()).not.toMatch(/fetch|undefined/);
  });
});
