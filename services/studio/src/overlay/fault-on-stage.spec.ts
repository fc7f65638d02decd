import { CaratError, CaratRefusal } from '@carat/client';
import { refuse } from '@carat/protocol';
import { expect, it } from 'vitest';
import { faultOnStage } from './fault-on-stage.ts';

it.each(['unauthenticated', 'forbidden'] as const)('says no word of a sign-in that is %s', (code) => {
  expect(faultOnStage(new CaratRefusal(refuse(code)))).toEqual({ kind: 'sign_in' });
});

it('says what else is wrong, to be put right before the live, and nothing where nothing is', () => {
  const unknown = faultOnStage(new CaratRefusal(refuse('live_unknown')));
  expect(unknown).toEqual({ kind: 'other', words: 'There is no such live. Check the link.' });
  expect(faultOnStage(new CaratError('connect_failed'))).toMatchObject({ kind: 'other' });
  expect(faultOnStage(undefined)).toBeUndefined();
});
