import type { IncomingHttpHeaders } from 'node:http';
import { isIPv6 } from 'node:net';

/**
 * Whose connection it is, as far as connections are counted: the IPv4 address, or the first half of the IPv6
 * address, which is what one household or host is given.
 * @param remote the other end of the TCP connection
 * @param proxies how many of one's own lie before this process; each adds to X-Forwarded-For whom it talks to
 */
export const addressOf = (
  remote: string | undefined,
  headers: IncomingHttpHeaders,
  proxies: number,
): string => {
  const named = proxies === 0 ? [] : [headers['x-forwarded-for'] ?? []].flat().join(',').split(',');
  // What lies further to the left was said by the client itself.
  const forwarded = named.at(-proxies)?.trim();
  const address = (forwarded || remote || '').replace(/^::ffff:(?=\d+\.)/i, '').replace(/%.*$/, '');
  return isIPv6(address) ? `${networkOf(address)}::/64` : address;
};

/** The first four groups, written out. */
const networkOf = (address: string): string => {
  const [head = '', tail] = address.toLowerCase().split('::');
  const groups = (text: string | undefined) => (text ? text.split(':') : []);
  const [before, after] = [groups(head), groups(tail)];
  const zeros =
    tail === undefined ? [] : Array<string>(Math.max(0, 8 - before.length - after.length)).fill('0');
  return [...before, ...zeros, ...after]
    .slice(0, 4)
    .map((group) => group.replace(/^0+(?=.)/, ''))
    .join(':');
};
