import { redemptions } from '@carat/protocol';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { creator, operator, otherCreator, service, startApi, viewer } from '../testing/api-under-test.ts';
import { dayMs } from '../testing/settling.ts';

const now = Date.parse('2026-11-23T12:00:00Z');
let api: Awaited<ReturnType<typeof startApi>>;
beforeAll(async () => {
  api = await startApi({ clock: { now: () => now } });
});
afterAll(() => api.close());

const readStanding = async () =>
  redemptions.standing.parse((await api.call('GET', '/creators/carla/standing', creator)).body);
const say = async (method: 'PUT' | 'POST' | 'DELETE', what: string, body?: object) => {
  const answer = await api.call(method, `/creators/carla/${what}`, service, body);
  expect(answer.status).toBe(200);
  expect(answer.body).toEqual(await readStanding());
  return redemptions.standing.parse(answer.body);
};

it('begins with nothing said', async () => {
  expect(await readStanding()).toEqual({
    creator: 'carla',
    ...{ identity: 'unverified', identityReference: null, tax: null, method: null, freeze: null },
    ...{ violations: [], nearedThresholds: [] },
  });
});

it('is what the platform says: identity, tax and where to pay to', async () => {
  await say('PUT', 'identity', { status: 'verified', reference: 'doc-1' });
  await say('PUT', 'tax', { status: 'w8ben', formYear: 2026, reference: 'form-1' });
  expect(await say('PUT', 'payout-method', { provider: 'sandbox', reference: 'm1' })).toMatchObject({
    ...{ identity: 'verified', identityReference: 'doc-1' },
    ...{ tax: { status: 'w8ben', formYear: 2026, reference: 'form-1' } },
    method: { provider: 'sandbox', reference: 'm1', since: now },
  });
  const elsewhere = { provider: 'stripe', reference: 'm1' };
  const url = '/creators/carla/payout-method';
  await api.callRefused('provider_not_offered', 'PUT', url, service, elsewhere);
  expect((await say('DELETE', 'payout-method')).method).toBeNull();
});

it('is frozen until an instant, or until released', async () => {
  const until = now + dayMs;
  expect((await say('POST', 'freeze', { reason: 'a check', until })).freeze).toEqual({
    reason: 'a check',
    until,
  });
  const past = { reason: 'too late', until: now };
  await api.callRefused('freeze_ends_in_the_past', 'POST', '/creators/carla/freeze', operator, past);
  const beyondDates = { reason: 'for ever', until: 8_640_000_000_000_001 };
  await api.callRefused('invalid', 'POST', '/creators/carla/freeze', operator, beyondDates);
  expect((await say('POST', 'freeze', { reason: 'a longer check' })).freeze?.until).toBeNull();
  expect((await say('POST', 'release', { reason: 'all well' })).freeze).toBeNull();
});

it('holds violations with what follows from them, until they are withdrawn', async () => {
  const record = (violation: string) => say('POST', 'violations', { violation, guideline: 'g-7' });
  expect((await record('v1')).violations).toMatchObject([{ giftsOffUntil: null, closed: false }]);
  expect((await record('v2')).violations[1]).toMatchObject({ giftsOffUntil: now + 7 * dayMs });
  await record('v2');
  const other = { violation: 'v2', guideline: 'g-8' };
  const url = '/creators/carla/violations';
  await api.callRefused('violation_id_taken', 'POST', url, service, other);
  const appeal = { reason: 'a mistake' };
  const { violations } = await say('POST', 'violations/v2/withdraw', appeal);
  expect(violations.map(({ withdrawn }) => withdrawn)).toEqual([false, true]);
  await api.callRefused('violation_unknown', 'POST', `${url}/v9/withdraw`, service, appeal);
});

it('is said by the platform only, and told to the creator and the platform only', async () => {
  const said = [
    ['PUT', 'identity', { status: 'verified' }],
    ['PUT', 'tax', { status: 'w9' }],
    ['PUT', 'payout-method', { provider: 'sandbox', reference: 'stolen' }],
    ['DELETE', 'payout-method', undefined],
    ['POST', 'freeze', { reason: 'r' }],
    ['POST', 'release', { reason: 'r' }],
    ['POST', 'violations', { violation: 'v', guideline: 'g' }],
    ['POST', 'violations/v1/withdraw', { reason: 'r' }],
  ] as const;
  for (const who of [creator, otherCreator, viewer]) {
    for (const [method, what, body] of said) {
      await api.callRefused('forbidden', method, `/creators/carla/${what}`, who, body);
    }
  }
  for (const who of [otherCreator, viewer, { sub: 'carla', roles: ['viewer'] }]) {
    await api.callRefused('forbidden', 'GET', '/creators/carla/standing', who);
  }
  expect((await api.call('GET', '/creators/carla/standing', operator)).status).toBe(200);
});
