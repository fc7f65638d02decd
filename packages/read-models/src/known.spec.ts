import { expect, it } from 'vitest';
import { createKnown } from './known.ts';

const total = { amounts: [1], place: '1' };
const found = { size: 0, floor: undefined };

it('counts tables, not only what is in them', () => {
  const known = createKnown(30);
  const names = Array.from({ length: 30 }, (_, n) => `live-totals:${n}`);
  for (const name of names) known.put(known.learn(name, found), 'all', total);
  known.trim();
  // Each counts for three: its total, and two for itself.
  expect(names.filter((name) => known.table(name))).toEqual(names.slice(-10));
});

it('counts a table once, however often it is taken up', () => {
  const known = createKnown(3);
  for (let n = 0; n < 5; n++) known.put(known.learn('earnings', found), 'cleo', total);
  known.trim();
  expect(known.table('earnings')?.totals.size).toBe(1);
});
