import { expect, it } from 'vitest';
import { readEvent } from './events.ts';
import { isOurStream, streams } from './streams.ts';

it('knows its own streams from those of others', () => {
  for (const name of Object.values(streams)) {
    expect(isOurStream(typeof name === 'string' ? name : name('ann', '2026-11'))).toBe(true);
  }
  for (const name of ['seals', 'wallets-1', 'rates-1', 'catalogues', 'logs', 'order-wallet-1', 'Wallet-1']) {
    expect(isOurStream(name), name).toBe(false);
  }
});

it('takes seals for nothing that it knows, whatever they hold', () => {
  expect(readEvent({ type: 'LogSealed', data: { number: 'x' } })).toBeUndefined();
});
