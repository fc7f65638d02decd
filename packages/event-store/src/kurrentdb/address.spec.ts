import { expect, it } from 'vitest';
import { EventStoreError } from '../port.ts';
import { parseAddress } from './address.ts';

const limits = { sendMs: 5_000 };

it('takes up what the client takes, with the time limits of the store', () => {
  expect(parseAddress('kurrentdb://localhost:2113?tls=false', limits)).toEqual({
    url: 'kurrentdb://localhost:2113?tls=false&defaultDeadline=5000&discoveryInterval=20',
    name: 'localhost:2113',
    credentials: undefined,
  });
  expect(
    parseAddress('esdb://me:p%40ss%3A%25@a:1,b:2,c/?default_deadline=7&nodePreference=Leader', limits),
  ).toEqual({
    url:
      'kurrentdb://me:p%40ss%3A%25@a:1,b:2,c' +
      '?default_deadline=7&nodePreference=Leader&discoveryInterval=20',
    name: 'a:1,b:2,c',
    credentials: { username: 'me', password: 'p@ss:%' },
  });
  expect(parseAddress('kdb+discover://cluster.example', limits).url).toMatch(/^kurrentdb\+discover:/);
});

it.each([
  ['kurrentdb://', 'form'],
  ['http://a:1', 'form'],
  ['kurrentdb://a:1?tls=false?tls=true', 'form'],
  ['kurrentdb://a:1?gossipTimeout=5', 'gossipTimeout'],
  ['kurrentdb://a:1?gossip_timeout=5', 'gossip_timeout'],
  ['kurrentdb://a:1?throwOnAppendFailure=false', 'throwOnAppendFailure'],
  ['kurrentdb://a:1?nodePreference=follower', 'leader'],
  ['kurrentdb://a:1?tsl=false', '"tsl"'],
  ['kurrentdb://a:1?tls', 'tls'],
  ['kurrentdb://secret@a:1', 'user:password'],
  ['kurrentdb://me:sec:ret@a:1', 'user:password'],
  ['kurrentdb://me:secret%@a:1', 'encoded'],
])('refuses %s, and shows no password', (address, why) => {
  let error: unknown;
  try {
    parseAddress(address, limits);
  } catch (thrown) {
    error = thrown;
  }
  expect(error).toBeInstanceOf(EventStoreError);
  expect(error).toMatchObject({ code: 'invalid_input', message: expect.stringContaining(why) });
  expect(String(error)).not.toContain('sec');
});
