import {
  type DayEarnings,
  evolveSettlement,
  initialSettlement,
  type SettlementEvent,
  streams,
} from '@carat/domain';
import { readWholeStream } from '@carat/event-store';
import { describe, expect, it } from 'vitest';
import { appendDecided } from '../append.ts';
import { limits } from '../limits.ts';
import { createMemoryStore } from '../testing/memory-store.ts';
import { settleCreators } from './settle-creators.ts';

const clock = { now: () => 50 };
const closed = (day: string, previous: string | null): SettlementEvent => ({
  type: 'DayClosed',
  data: { day, previous, holdDays: 7, at: 10 },
});
const settlement = [closed('2026-11-01', null), closed('2026-11-02', '2026-11-01')].reduce(
  evolveSettlement,
  initialSettlement,
);
const earned = (creator: string, day: string, more: Partial<DayEarnings> = {}): DayEarnings => ({
  ...{ creator, day, gifts: 1, coins: 5n, millidiamonds: 5_000n, hash: 'a'.repeat(64) },
  ...more,
});
const cancelled = (redemption: string, at: number) =>
  ({ type: 'RedemptionCancelled', data: { creator: 'ann', redemption, by: 'ann', at } }) as const;

describe('settling the day of some creators', () => {
  it('books each once, and nothing again', async () => {
    const store = createMemoryStore();
    const all = [earned('ann', '2026-11-01'), earned('bea', '2026-11-01')];
    expect(await settleCreators({ store, clock }, all, settlement)).toBe(2);
    expect(await settleCreators({ store, clock }, all, settlement)).toBe(0);
    const more = [...all, earned('cleo', '2026-11-01')];
    expect(await settleCreators({ store, clock }, more, settlement)).toBe(1);
    expect(await readWholeStream(store, streams.earnings('ann'), 10)).toHaveLength(1);
  });

  it('finds a settled day behind all that came after it', async () => {
    const store = createMemoryStore();
    await settleCreators({ store, clock }, [earned('ann', '2026-11-01')], settlement);
    const many = Array.from({ length: 3 * limits.tailEvents }, (_, n) => cancelled(`r${n}`, 70 + n));
    await appendDecided(store, streams.earnings('ann'), 0, many);
    expect(await settleCreators({ store, clock }, [earned('ann', '2026-11-01')], settlement)).toBe(0);
    expect(await settleCreators({ store, clock }, [earned('ann', '2026-11-02')], settlement)).toBe(1);
    const last = (await readWholeStream(store, streams.earnings('ann'), 100)).at(-1);
    // Time does not go back in a stream, whatever the clock says.
    expect(last).toMatchObject({
      type: 'DiamondsSettled',
      data: { day: '2026-11-02', at: 70 + many.length - 1 },
    });
  });

  it('leaves out nobody whose stream moved meanwhile', async () => {
    const store = createMemoryStore();
    await appendDecided(store, streams.earnings('ann'), 'no_stream', [cancelled('r0', 5)]);
    let conflicts = 0;
    const racing = {
      ...store,
      append: async (writes: Parameters<typeof store.append>[0]) => {
        if (conflicts++ === 0) await appendDecided(store, streams.earnings('ann'), 0, [cancelled('r1', 6)]);
        return store.append(writes);
      },
    };
    const all = [earned('ann', '2026-11-01'), earned('bea', '2026-11-01')];
    expect(await settleCreators({ store: racing, clock }, all, settlement)).toBe(2);
    expect(conflicts).toBe(2);
  });

  it('stops where a day was settled as something else, or is not closed', async () => {
    const store = createMemoryStore();
    await settleCreators({ store, clock }, [earned('ann', '2026-11-01')], settlement);
    const other = earned('ann', '2026-11-01', { hash: 'b'.repeat(64) });
    await expect(settleCreators({ store, clock }, [other], settlement)).rejects.toThrow(
      'day_settled_otherwise',
    );
    const open = earned('bea', '2026-11-03');
    await expect(settleCreators({ store, clock }, [open], settlement)).rejects.toThrow('day_not_closed');
  });
});
