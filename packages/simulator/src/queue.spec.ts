import fc from 'fast-check';
import { expect, test } from 'vitest';
import { queue } from './queue.ts';

test('a queue hands things out soonest first, equally due ones in the order they came', () => {
  fc.assert(
    fc.property(fc.array(fc.nat({ max: 20 })), (dues) => {
      const things = queue<{ due: number; number: number }>();
      for (const [number, due] of dues.entries()) things.push(due, { due, number });
      expect(things.size).toBe(dues.length);
      const out: { due: number; number: number }[] = [];
      while (things.size > 0) {
        expect(things.nextDue()).toBe(
          Math.min(...dues.filter((_, n) => !out.some(({ number }) => number === n))),
        );
        out.push(things.pop()!);
      }
      const sorted = dues
        .map((due, number) => ({ due, number }))
        .sort((a, b) => a.due - b.due || a.number - b.number);
      expect(out).toEqual(sorted);
      expect(things.nextDue()).toBe(Number.POSITIVE_INFINITY);
      expect(things.pop()).toBeUndefined();
    }),
  );
});
