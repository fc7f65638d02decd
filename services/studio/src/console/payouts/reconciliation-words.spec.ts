import { expect, it } from 'vitest';
import { lastOfEach, reconciliationStand } from './reconciliation-words.ts';

const reconciliation = (provider: string, at: number) => ({
  provider,
  at,
  from: 0,
  to: at,
  payouts: 3,
  differences: [] as string[],
  unnamed: 0,
});

it('tells the newest of each provider only, whatever order they come in', () => {
  const all = [reconciliation('stripe', 5), reconciliation('paypal', 9), reconciliation('paypal', 2)];
  expect(lastOfEach(all)).toEqual([all[1], all[0]]);
  expect(lastOfEach(all.toReversed())).toEqual([all[1], all[0]]);
});

it('agrees only where no difference was found, named or not', () => {
  const agreed = reconciliation('paypal', 1);
  expect(reconciliationStand(agreed)).toEqual({ tone: 'good', words: 'Agrees' });
  const stand = reconciliationStand({ ...agreed, differences: ['paid twice'], unnamed: 2 });
  expect(stand).toEqual({ tone: 'bad', words: '3 differences' });
  expect(reconciliationStand({ ...agreed, unnamed: 1 }).tone).toBe('bad');
});
