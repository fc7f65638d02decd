import { expect, it } from 'vitest';
import { logToPlayInto } from './local.ts';

it('plays into the log of a server that is chosen, never into a file', () => {
  expect(logToPlayInto('kurrentdb://127.0.0.1:2113?tls=false')).toBe('kurrentdb://127.0.0.1:2113?tls=false');
  expect(logToPlayInto('sqlite:.carat/carat.db')).toBeUndefined();
  expect(logToPlayInto(undefined)).toBeUndefined();
});
