import { expect, it } from 'vitest';
import { readPages } from './use-pages.ts';

/** A list of five, two on each page, that is asked for by what came last. */
const list = () => {
  const all = ['a', 'b:1', 'c', 'd', 'e'];
  const asked: string[] = [];
  const ask = async (query: string) => {
    asked.push(query);
    const after = new URLSearchParams(query).get('before');
    const from = after === null ? 0 : all.indexOf(after) + 1;
    const entries = all.slice(from, from + 2);
    return { entries, next: from + 2 < all.length ? entries.at(-1)! : null };
  };
  return { ask, asked };
};

it('reads as many pages as are wanted, each behind the one before', async () => {
  const { ask, asked } = list();
  expect(await readPages(ask, 'before', 2)).toEqual({ entries: ['a', 'b:1', 'c', 'd'], isMore: true });
  expect(asked).toEqual(['limit=20', 'limit=20&before=b%3A1']);
});

it('ends with the last page, however many are wanted', async () => {
  const { ask, asked } = list();
  expect(await readPages(ask, 'before', 9)).toEqual({ entries: ['a', 'b:1', 'c', 'd', 'e'], isMore: false });
  expect(asked).toHaveLength(3);
});
