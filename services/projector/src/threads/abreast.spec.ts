import type { Position } from '@carat/event-store';
import { describe, expect, it } from 'vitest';
import { createAbreast } from './abreast.ts';

const place = (n: number): Position => String(n) as Position;

/** Runs that each read on whenever they may; a page is ten events. */
const createReaders = () => {
  const abreast = createAbreast();
  const read = new Map<number, number>();
  /** Asks for the next page. @returns once it may be read */
  const next = async (run: number, { from = 0, generation = '1' } = {}): Promise<void> => {
    const pages = read.get(run) ?? from;
    await abreast.reach(run, generation, pages === 0 ? undefined : place(pages * 10));
    read.set(run, pages + 1);
  };
  return { ...abreast, next, pages: (run: number) => read.get(run) ?? 0 };
};

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('runs that are kept abreast', () => {
  it('read no page before all others have asked for it', async () => {
    const { next, pages } = createReaders();
    await Promise.all([next(1), next(2)]);
    const ahead = next(1);
    await turn();
    expect(pages(1)).toBe(1);
    await Promise.all([next(2), ahead]);
    expect([pages(1), pages(2)]).toEqual([2, 2]);
  });

  it('wait for nobody who has ended', async () => {
    const { next, leave, pages } = createReaders();
    await Promise.all([next(1), next(2)]);
    const ahead = next(1);
    await turn();
    leave(2);
    await ahead;
    expect(pages(1)).toBe(2);
  });

  it('wait for those who begin, or begin again, behind them', async () => {
    const { next, pages } = createReaders();
    await next(1, { from: 5 });
    await next(2, { from: 3 });
    const ahead = next(1);
    await next(2);
    await turn();
    expect([pages(1), pages(2)]).toEqual([6, 5]);
    await next(2);
    await Promise.all([next(2), ahead]);
    expect([pages(1), pages(2)]).toEqual([7, 7]);
  });

  it('wait for nobody of another generation', async () => {
    const { next, pages } = createReaders();
    await next(1, { generation: '2' });
    await next(2, { from: 20 });
    await next(2);
    expect([pages(1), pages(2)]).toEqual([1, 22]);
  });
});
