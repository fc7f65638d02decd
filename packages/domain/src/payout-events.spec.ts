import { expect, it } from 'vitest';
import { earningsEventTypes } from './earnings.ts';
import { payoutSchemas } from './payout-events.ts';
import { rateEventTypes } from './rates.ts';
import { reconciliationEventTypes } from './reconciliation.ts';
import { settlementEventTypes } from './settlement.ts';
import { standingEventTypes } from './standing.ts';
import { statementEventTypes } from './statement.ts';

it('every event on the way to money is read in one stream, and in no other', () => {
  const read = [
    ...rateEventTypes,
    ...settlementEventTypes,
    ...earningsEventTypes,
    ...standingEventTypes,
    ...statementEventTypes,
    ...reconciliationEventTypes,
  ];
  expect(read.filter((type) => type !== 'DiamondRateSet').sort()).toEqual(Object.keys(payoutSchemas).sort());
});
