import { type BudgetRow, type NotMeasured, timesMet } from './budgets.ts';

const lineHeight = 18;
const labelWidth = 520;
const barsWidth = 360;
const width = labelWidth + barsWidth + 90;
const top = 44;
/** A budget that is met so many times over fills the chart; one that is missed as far is empty. */
const most = 16;
const colours = { pass: '#2f8f5b', short: '#c2452d', line: '#666666', text: '#222222' } as const;

const escapeText = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

/** Where a bar ends: logarithmic, so that twice as good and half as good are as far from the middle. */
const endOf = (times: number): number => {
  const bounded = Math.min(most, Math.max(1 / most, times));
  return (barsWidth * (Math.log2(bounded) + Math.log2(most))) / (2 * Math.log2(most));
};

const showTimes = (times: number): string =>
  Number.isFinite(times) ? `${Number(times.toPrecision(2))} ×` : 'met';

/** A chart of how many times over every budget is met, as SVG; what has none is left out. */
export const drawChart = (rows: readonly (BudgetRow | NotMeasured)[]): string => {
  const bars = rows.flatMap((row) => {
    const times = timesMet(row);
    return times === undefined ? [] : [{ name: row.row, verdict: row.verdict, times }];
  });
  const height = top + bars.length * lineHeight + 12;
  const middle = labelWidth + endOf(1);
  const lines = bars.map(({ name, verdict, times }, n) => {
    const y = top + n * lineHeight;
    const end = labelWidth + endOf(times);
    const [x, length] = [Math.min(middle, end), Math.max(1, Math.abs(end - middle))];
    const fill = verdict === 'short' ? colours.short : colours.pass;
    return [
      `<text x="${labelWidth - 8}" y="${y + 12}" text-anchor="end">${escapeText(name)}</text>`,
      `<rect x="${x.toFixed(1)}" y="${y + 2}" width="${length.toFixed(1)}" height="12" fill="${fill}"/>`,
      `<text x="${width - 76}" y="${y + 12}">${showTimes(times)}</text>`,
    ].join('');
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" role="img" ` +
      'aria-label="How many times over every budget is met" font-family="sans-serif" font-size="11">',
    `<rect width="${width}" height="${height}" fill="#ffffff"/>`,
    `<g fill="${colours.text}">`,
    `<text x="${middle}" y="16" text-anchor="middle" font-weight="bold">just met</text>`,
    `<text x="${labelWidth}" y="32">short by ${most} ×</text>`,
    `<text x="${labelWidth + barsWidth}" y="32" text-anchor="end">better by ${most} ×</text>`,
    ...lines,
    '</g>',
    `<line x1="${middle}" y1="20" x2="${middle}" y2="${height - 8}" stroke="${colours.line}"/>`,
    '</svg>\n',
  ].join('\n');
};
