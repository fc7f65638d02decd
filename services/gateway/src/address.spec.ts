import { expect, it } from 'vitest';
import { addressOf } from './address.ts';

const forwarded = (...named: string[]) => ({ 'x-forwarded-for': named.join(', ') });

it('is the other end, whatever it claims, where no proxy is trusted', () => {
  expect(addressOf('192.0.2.7', forwarded('203.0.113.1'), 0)).toBe('192.0.2.7');
  expect(addressOf('::ffff:192.0.2.7', {}, 0)).toBe('192.0.2.7');
});

it('is what the outermost of one’s own proxies saw', () => {
  expect(addressOf('10.0.0.1', forwarded('forged', '203.0.113.1'), 1)).toBe('203.0.113.1');
  expect(addressOf('10.0.0.1', forwarded('forged', '203.0.113.1', '10.0.0.2'), 2)).toBe('203.0.113.1');
  // Past the proxies: nobody names whom it talks to.
  expect(addressOf('192.0.2.7', {}, 1)).toBe('192.0.2.7');
  expect(addressOf('192.0.2.7', forwarded('203.0.113.1'), 2)).toBe('192.0.2.7');
});

it('takes IPv6 addresses of one network for one', () => {
  const network = '2001:db8:0:7::/64';
  expect(addressOf('2001:db8:0:7::1', {}, 0)).toBe(network);
  expect(addressOf('2001:0DB8:0:7:aaaa:bbbb:cccc:dddd', {}, 0)).toBe(network);
  expect(addressOf('2001:db8:0:8::1', {}, 0)).not.toBe(network);
  expect(addressOf('::1', {}, 0)).toBe('0:0:0:0::/64');
});
