import { type RefusalCode, type redemptions, refuse } from '@carat/protocol';
import { expect, it } from 'vitest';
import { ApiRefusal } from '../../shared/api.ts';
import { evolveForm, makeKey, newForm } from './request-form.ts';

const asking = { diamonds: 10_000, currency: 'USD' };
const asked = { type: 'asked', asking } as const;
const lost = { type: 'failed', error: new Error('no answer'), nextKey: 'k2' } as const;
const refusedAs = (code: RefusalCode) =>
  ({ type: 'failed', error: new ApiRefusal(refuse(code)), nextKey: 'k2' }) as const;
const redemptionOf = (key: string) => ({ key }) as redemptions.RedemptionShown;

it('a second click while the first is under way changes nothing', () => {
  const once = evolveForm(newForm('k1'), asked);
  expect(once).toMatchObject({ key: 'k1', step: 'asking', asking });
  expect(evolveForm(once, { type: 'asked', asking: { ...asking, diamonds: 20_000 } })).toBe(once);
});

it('keeps key and amount after a lost answer, whatever is typed meanwhile', () => {
  const unknown = evolveForm(evolveForm(newForm('k1'), asked), lost);
  expect(unknown).toMatchObject({ key: 'k1', step: 'unknown', asking });
  const again = evolveForm(unknown, { type: 'asked', asking: { ...asking, diamonds: 20_000 } });
  expect(again).toMatchObject({ key: 'k1', step: 'asking', asking });
});

it('takes a new key once something was made under it, or under that of another form', () => {
  const under = evolveForm(newForm('k1'), asked);
  const made = redemptionOf('k1');
  expect(evolveForm(under, { type: 'answered', made, nextKey: 'k2' })).toEqual({ ...newForm('k2'), made });
  expect(evolveForm(under, refusedAs('redemption_key_taken'))).toMatchObject({ key: 'k2', step: 'open' });
});

it('is open again after a refusal, with its key: what was sent before might still arrive', () => {
  const refused = refusedAs('too_few_diamonds');
  const again = evolveForm(evolveForm(evolveForm(newForm('k1'), asked), lost), asked);
  expect(evolveForm(again, refused)).toEqual({ ...newForm('k1'), error: refused.error });
});

it('takes an unknown outcome for one, though the api told it', () => {
  const under = evolveForm(newForm('k1'), asked);
  expect(evolveForm(under, refusedAs('outcome_unknown'))).toMatchObject({
    key: 'k1',
    step: 'unknown',
    asking,
  });
});

it('learns from the list what became of a request whose answer was lost', () => {
  const unknown = evolveForm(evolveForm(newForm('k1'), asked), lost);
  const other = { type: 'listed', all: [redemptionOf('k0')], nextKey: 'k2' } as const;
  expect(evolveForm(unknown, other)).toBe(unknown);
  const all = [redemptionOf('k1'), redemptionOf('k0')];
  expect(evolveForm(unknown, { ...other, all })).toEqual({ ...newForm('k2'), made: all[0] });
  const open = newForm('k2');
  expect(evolveForm(open, { ...other, all })).toBe(open);
});

it('learns it also once it was refused since: the next request is then one of its own', () => {
  const again = evolveForm(evolveForm(evolveForm(newForm('k1'), asked), lost), asked);
  const refused = evolveForm(again, refusedAs('overloaded'));
  const all = [redemptionOf('k1')];
  expect(evolveForm(refused, { type: 'listed', all, nextKey: 'k2' })).toEqual({
    ...newForm('k2'),
    made: all[0],
  });
});

it('waits for the answer of what is under way, whatever is listed meanwhile', () => {
  const under = evolveForm(newForm('k1'), asked);
  expect(evolveForm(under, { type: 'listed', all: [redemptionOf('k1')], nextKey: 'k2' })).toBe(under);
});

it('makes keys that the api takes, each another', () => {
  const keys = Array.from({ length: 100 }, makeKey);
  expect(new Set(keys).size).toBe(100);
  for (const key of keys) expect(key).toMatch(/^[0-9a-f]{32}$/);
});
