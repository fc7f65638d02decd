import { project } from '@carat/projections';
import { expect, it } from 'vitest';
import { giftSent, liveStarted } from '../../projections/src/testing.ts';

import { ledgerField, liveFields, minuteField, tables } from './tables.ts';

const { at } = giftSent().data;
const titled = { ...liveStarted, data: { ...liveStarted.data, title: 'Gala night' } };

const written = (unit: 'creators' | 'boards'): Set<string> =>
  new Set(
    [liveStarted, titled, giftSent()].flatMap((event) => project(unit, event, '1')).map(({ table }) => table),
  );
const fields = (table: string): Set<string> =>
  new Set(
    [titled, giftSent()]
      .flatMap((event) => project('creators', event, '1'))
      .flatMap((change) => (change.table === table && 'field' in change ? [change.field] : [])),
  );

it('names the very tables that the projections write', () => {
  expect(written('creators')).toEqual(
    new Set([
      tables.earnings,
      tables.ledger,
      tables.liveTotals('gala'),
      tables.liveBoard('gala'),
      tables.liveMinutes(at),
      tables.feed('gala'),
      tables.creatorDays(at - (at % 86_400_000)),
      tables.creatorLives('cleo'),
    ]),
  );
  expect(written('boards')).toEqual(
    new Set([
      tables.ledger,
      ...(['hour', 'day', 'week', 'all'] as const).map((window) => tables.creatorBoard(window, at)),
      ...(['day', 'week', 'all'] as const).map((window) => tables.gifterBoard(window, at)),
    ]),
  );
});

it('names the very fields', () => {
  const { all, begins, title, giftPrefix } = liveFields;
  expect(fields(tables.liveTotals('gala'))).toEqual(new Set([all, begins, title, `${giftPrefix}rose`]));
  expect(fields(tables.ledger)).toEqual(new Set([ledgerField]));
  expect(fields(tables.liveMinutes(at))).toEqual(new Set([minuteField(at, 'gala')]));
});
