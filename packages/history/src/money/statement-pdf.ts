import type { StatedMoney, Statement } from '@carat/domain';
import { formatMoney, isCurrency } from '@carat/protocol';
import type PDFDocument from 'pdfkit';
import { diamondLines, moneyLines } from './statement-lines.ts';

const dayMs = 86_400_000;
const margin = 56;
/** Points, from the left edge: where names begin, and where amounts begin. */
const columns = { name: margin, amount: 260 } as const;
const amountWidth = 280;
const lowestLine = 760;

/** Thousandths as whole diamonds with three decimals. */
const tellDiamonds = (millidiamonds: string): string => {
  const [, sign = '', digits = ''] = /^(-?)(\d+)$/.exec(millidiamonds) ?? [];
  const padded = digits.padStart(4, '0');
  return `${sign}${padded.slice(0, -3)}.${padded.slice(-3)}`;
};

/** Whole minor units as money, and what is left of one more exactly. */
const tellMoney = (amount: string, currency: string): string => {
  const [numerator = 0n, denominator = 1n] = amount.split('/').map(BigInt);
  const [whole, rest] = [numerator / denominator, numerator % denominator];
  const write = (minor: bigint): string =>
    isCurrency(currency) ? formatMoney(minor, currency) : `${minor} minor units of ${currency}`;
  return rest === 0n ? write(whole) : `${write(whole)} and ${rest}/${denominator} of ${write(1n)}`;
};

type Row = readonly [name: string, amount: string];
type Table = { readonly title: string; readonly rows: readonly Row[] };

const tableOf = (title: string, lines: StatedMoney, currency: string): Table => ({
  title,
  rows: moneyLines.map(([line, name]) => [name, tellMoney(lines[line], currency)]),
});

const tablesOf = ({ millidiamonds, money }: Statement): Table[] => [
  { title: 'Diamonds', rows: diamondLines.map(([line, name]) => [name, tellDiamonds(millidiamonds[line])]) },
  ...money.flatMap(({ currency, paid, returned }) => [
    tableOf(`Paid in ${currency}`, paid, currency),
    ...(returned.gross === '0' ? [] : [tableOf(`Of that came back in ${currency}`, returned, currency)]),
  ]),
];

type Document = InstanceType<typeof PDFDocument>;

const drawTable = (document: Document, { title, rows }: Table): void => {
  const height = (rows.length + 2) * 18;
  if (document.y + height > lowestLine) document.addPage();
  document.moveDown(1.5).font('Helvetica-Bold').fontSize(12).text(title, columns.name);
  document.moveDown(0.3).font('Helvetica').fontSize(10);
  for (const [name, amount] of rows) {
    const { y } = document;
    document.text(name, columns.name, y);
    document.text(amount, columns.amount, y, { width: amountWidth, align: 'right' });
    document.moveDown(0.3);
  }
};

const collect = async (document: Document): Promise<Buffer> => {
  const chunks: Buffer[] = [];
  for await (const chunk of document) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
};

/**
 * A statement as a page to keep. It holds nothing but the statement, its dates and no clock's, and is not
 * compressed, so that the same statement is the same bytes.
 */
export const statementPdf = async (statement: Statement): Promise<Buffer> => {
  const { creator, period, final } = statement;
  const title = `Statement of earnings, ${period.from} to ${period.to}`;
  const CreationDate = new Date(Date.parse(period.to) + dayMs);
  // Loaded here, so that who makes no PDF does not pay for it at every start.
  const { default: PdfDocument } = await import('pdfkit');
  const document = new PdfDocument({
    size: 'A4',
    margin,
    compress: false,
    info: { Title: title, Author: 'Carat', Creator: 'Carat', Producer: 'Carat', CreationDate },
  });
  document.font('Helvetica-Bold').fontSize(16).text('Statement of earnings', margin);
  document.moveDown(0.5).font('Helvetica').fontSize(10);
  document.text(`Creator: ${creator}`);
  document.text(`Period: ${period.from} to ${period.to} (UTC)`);
  if (!final) document.text('This period is not over, or not settled: the amounts can still change.');
  for (const table of tablesOf(statement)) drawTable(document, table);
  document
    .moveDown(1.5)
    .fontSize(8)
    .text(
      'Worth = fees + tax withheld + net + rounded down. Amounts are exact; money was rounded down to the ' +
        'minor unit once per payout, and what that left is stated.',
      columns.name,
    );
  document.end();
  return collect(document);
};
