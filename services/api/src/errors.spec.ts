import { EventStoreError } from '@carat/event-store';
import { http } from '@carat/protocol';
import { describe, expect, it } from 'vitest';
import { describeError } from './errors.ts';

const httpError = (statusCode: number, message: string) => Object.assign(new Error(message), { statusCode });
const away = new EventStoreError('unavailable', 'Nobody answers at 10.0.0.7.');

describe('errors become refusals', () => {
  it.each([
    ['a body that fits no schema', http.grantCoins.safeParse({}).error, true, 'invalid', false],
    ['what Fastify calls the client’s fault', httpError(413, 'Too large'), true, 'invalid', false],
    ['a store that is away', away, true, 'overloaded', false],
    ['a closed store', new EventStoreError('closed', 'Closed.'), false, 'overloaded', false],
    ['an unknown outcome', new EventStoreError('outcome_unknown', 'Cut.'), true, 'outcome_unknown', false],
    ['a fault while reading', new TypeError('x is undefined'), false, 'overloaded', true],
    ['a fault while changing', new TypeError('x is undefined'), true, 'outcome_unknown', true],
    ['a fault of Fastify’s', httpError(503, 'timed out'), true, 'outcome_unknown', true],
    ['what is not even an error', null, false, 'overloaded', true],
  ])('%s', (_, error, changes, refused, fault) => {
    const described = describeError(error, changes);
    expect(described).toMatchObject({ refusal: { refused }, fault });
    expect(JSON.stringify(described.refusal)).not.toMatch(/10\.0\.0\.7|x is undefined|timed out/);
  });

  it('names the place of the fault', () => {
    const error = http.grantCoins.safeParse({ grant: 'g', viewer: 'v', coins: 0 }).error;
    expect(describeError(error, true).refusal).toMatchObject({ path: 'coins' });
  });
});
