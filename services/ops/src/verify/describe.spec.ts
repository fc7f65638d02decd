import { expect, it } from 'vitest';
import { describeProof } from './describe.ts';
import type { Verified } from './verify.ts';

const proved: Verified = {
  agree: true,
  position: '123',
  events: 123,
  wallets: 2,
  coins: { granted: '100', spent: '60', held: '40' },
  millidiamonds: '60000',
  logId: 'a',
  skipped: [],
  boards: [],
  earnings: {
    diamonds: { pending: '60000', held: '0', available: '0', onTheWay: '0', paid: '0' },
    closedThrough: null,
    settledThrough: null,
    redemptions: 0,
    money: [],
  },
  seals: { seals: 0, sealed: 0, unsealed: 0, lastAt: null, signed: 0, keys: [], broken: [] },
  units: {},
  differences: [],
};

it('says nothing of days and money where no day was ever closed', () => {
  expect(describeProof(proved).split('\n')).toEqual([
    'All is as the log says.',
    '  log: 123 events up to position 123, 2 wallets',
    '  coins: 100 granted = 40 held + 60 spent',
    '  seals: none',
  ]);
});

it('says where diamonds and money are, in 80 columns', () => {
  const large = '123456789012345';
  const diamonds = { pending: large, held: large, available: large, onTheWay: large, paid: large };
  const days = { closedThrough: '2026-11-22', settledThrough: '2026-11-21' };
  const money = [{ currency: 'USD', sent: '9500', inFlight: '500', paid: '9000' }];
  const lines = describeProof({ ...proved, earnings: { diamonds, ...days, redemptions: 3, money } });
  expect(lines.split('\n').filter((line) => line.length > 80)).toEqual([]);
  expect(lines).toContain(
    [
      '  diamonds: 60.000 awarded = 123456789012.345 pending + 123456789012.345 held',
      '    + 123456789012.345 available + 123456789012.345 on the way',
      '    + 123456789012.345 paid',
      '  days: closed through 2026-11-22, settled through 2026-11-21',
      '  redemptions: 3',
      '  money: 95.00 USD sent = 5.00 USD in flight + 90.00 USD paid',
    ].join('\n'),
  );
});
