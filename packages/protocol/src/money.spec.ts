import { readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { currency } from './currency.ts';
import { formatMoney, isCurrency } from './money.ts';

it('money is written with the decimals of its currency', () => {
  expect(formatMoney(9_500n, 'USD')).toBe('95.00 USD');
  expect(formatMoney(5n, 'USD')).toBe('0.05 USD');
  expect(formatMoney(-12_345n, 'KWD')).toBe('-12.345 KWD');
  expect(formatMoney(700n, 'JPY')).toBe('700 JPY');
});

it('a currency is one of those offered, by its very code', () => {
  for (const text of ['usd', 'HUF', 'toString', '']) {
    expect(isCurrency(text), text).toBe(false);
    expect(currency.safeParse(text).success, text).toBe(false);
  }
  expect(currency.parse('EUR')).toBe('EUR');
});

it('is written by pages too, which are to load no schemas for it', async () => {
  expect(await readFile(new URL('./money.ts', import.meta.url), 'utf8')).not.toMatch(/^import /m);
});
