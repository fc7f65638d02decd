import { expect, test } from 'vitest';
import { stateOfBatch, stateOfItem, stateOfTransaction } from './statuses.ts';

/** `transaction_enum` and the statuses of PayPal's page about items, whole. */
const items = {
  sent: ['PENDING', 'UNCLAIMED', 'ONHOLD'],
  paid: ['SUCCESS'],
  failed: ['FAILED', 'DENIED', 'BLOCKED', 'CANCELED', 'RETURNED'],
  returned: ['REFUNDED', 'REVERSED'],
} as const;
/** `batch_enum`, whole. */
const batches = { sent: ['PENDING', 'PROCESSING', 'SUCCESS'], failed: ['DENIED', 'CANCELED'] } as const;
const transactions = { sent: ['P'], paid: ['S'], failed: ['D'], returned: ['V'] } as const;

const cases = (table: Readonly<Record<string, readonly string[]>>) =>
  Object.entries(table).flatMap(([outcome, statuses]) =>
    statuses.map((status) => [status, outcome] as const),
  );

test.each(cases(items))('an item that is %s is %s', (status, outcome) => {
  expect(stateOfItem(status, 'B1').outcome).toBe(outcome);
});
test.each(cases(batches))('a batch that is %s is %s', (status, outcome) => {
  expect(stateOfBatch(status, 'B1').outcome).toBe(outcome);
});
test.each(cases(transactions))('a transaction that is %s is %s', (status, outcome) => {
  expect(stateOfTransaction(status, 'T1').outcome).toBe(outcome);
});

test('what ended badly says why, in PayPal’s words', () => {
  expect(stateOfItem('FAILED', 'B1', 'RECEIVER_ACCOUNT_INVALID')).toEqual({
    ...{ outcome: 'failed', reference: 'B1', reason: 'paypal: RECEIVER_ACCOUNT_INVALID' },
  });
  expect(stateOfItem('RETURNED', 'B1')).toMatchObject({ reason: 'paypal: RETURNED' });
});

test('a status that nobody knows yet gives nothing up', () => {
  for (const state of [stateOfItem, stateOfBatch, stateOfTransaction]) {
    expect(state('SOMETHING_NEW', 'B1')).toEqual({ outcome: 'sent', reference: 'B1' });
    expect(state(undefined, 'B1')).toEqual({ outcome: 'sent', reference: 'B1' });
  }
});
