import type { redemptions } from '@carat/protocol';
import { expect, it } from 'vitest';
import { quoteRows } from './quote-rows.ts';

/** 12,345 diamonds at half a cent: 61.725 USD, less 0.30 + 5 % and 30 %, exact in 1/400 of a cent. */
const quote: redemptions.QuoteLines = {
  diamonds: 12_345,
  currency: 'USD',
  rate: { numerator: 1, denominator: 2 },
  feeMinor: 30,
  feePerMille: 50,
  withholdingPerMille: 300,
  denominator: '40',
  gross: '246900',
  fee: '13545',
  withheld: '74070',
  remainder: '5',
  net: '3982',
};

it('tells a quote line by line, each with how it came about', () => {
  expect(quoteRows(quote)).toEqual([
    { name: 'Worth', how: '12,345 diamonds, where 1,000 diamonds are 5.00 USD', amount: '61.725 USD' },
    { name: 'Fee', how: '0.30 USD each time and 5 % of the worth', amount: '−3.38625 USD' },
    { name: 'Tax withheld', how: '30 % of the worth', amount: '−18.5175 USD' },
    { name: 'Rounded down', how: 'Once, to whole 0.01 USD', amount: '−0.00125 USD' },
    { name: 'Paid to you', how: '', amount: '39.82 USD' },
  ]);
});

it('has rows that add up: nothing is lost between the first and the last', () => {
  const { gross, fee, withheld, remainder, net, denominator } = quote;
  const kept = BigInt(gross) - BigInt(fee) - BigInt(withheld) - BigInt(remainder);
  expect(kept).toBe(BigInt(net) * BigInt(denominator));
  const thousandths = quoteRows(quote).map(({ amount }) => Number(amount.replace('−', '-').split(' ')[0]));
  expect(thousandths.slice(0, -1).reduce((sum, part) => sum + part)).toBeCloseTo(thousandths.at(-1)!, 9);
});

it('says where nothing is taken', () => {
  const free = { ...quote, feeMinor: 0, feePerMille: 0, withholdingPerMille: 0, fee: '0', withheld: '0' };
  expect(quoteRows(free).map(({ how }) => how)).toEqual(
    expect.arrayContaining(['None', 'None', 'Once, to whole 0.01 USD']),
  );
  expect(quoteRows(free)[1]).toMatchObject({ how: 'None', amount: '0.00 USD' });
});
