import { expect, it } from 'vitest';
import { withoutCredentials } from './address.ts';

it('shows addresses without user and password', () => {
  expect(withoutCredentials('kurrentdb://admin:changeit@a:2113,b:2113?tls=true')).toBe(
    'kurrentdb://a:2113,b:2113?tls=true',
  );
  expect(withoutCredentials('kurrentdb+discover://ops@events.example:2113')).toBe(
    'kurrentdb+discover://events.example:2113',
  );
  expect(withoutCredentials('redis://:secret@10.0.0.5:6379/1')).toBe('redis://10.0.0.5:6379/1');
  expect(withoutCredentials('redis://:a/b@c@10.0.0.5:6379')).toBe('redis://10.0.0.5:6379');
  for (const plain of [
    'sqlite:.carat/carat.db',
    'sqlite:/srv/a@b/carat.db',
    'kurrentdb://a:2113?tls=false',
  ]) {
    expect(withoutCredentials(plain)).toBe(plain);
  }
});
