import type { Statement } from '@carat/domain';
import { diamondLines, moneyLines } from './statement-lines.ts';

const header = 'creator,from,to,final,kind,unit,line,numerator,denominator'.split(',');

/** A field as RFC 4180 has it. */
const escapeField = (field: string): string =>
  /[",\r\n]/.test(field) ? `"${field.replaceAll('"', '""')}"` : field;

/** An exact amount in two columns: a spreadsheet takes `19/20` for a date. */
const splitFraction = (amount: string): [string, string] => {
  const [numerator = '', denominator = '1'] = amount.split('/');
  return [numerator, denominator];
};

/**
 * A statement as CSV, a line each: diamonds, and per currency what was paid and what of it came back, in
 * minor units. An amount is `numerator` / `denominator`, exactly.
 */
export const statementCsv = ({ creator, period, final, millidiamonds, money }: Statement): string => {
  const of = [creator, period.from, period.to, String(final)];
  const diamonds = diamondLines.map(([line]) => [
    ...of,
    ...['diamonds', 'diamond', line, millidiamonds[line], '1000'],
  ]);
  const paid = money.flatMap(({ currency, ...sums }) =>
    (['paid', 'returned'] as const).flatMap((kind) =>
      moneyLines.map(([line]) => [
        ...of,
        ...[kind, `minor unit of ${currency}`, line],
        ...splitFraction(sums[kind][line]),
      ]),
    ),
  );
  return [header, ...diamonds, ...paid].map((row) => `${row.map(escapeField).join(',')}\r\n`).join('');
};
