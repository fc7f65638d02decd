import { CaratError, CaratRefusal } from '@carat/client';
import { type Claim, type Receipt, refuse } from '@carat/protocol';
import type { Frame } from '@carat/simulator';
import { describe, expect, it } from 'vitest';
import { limits } from '../limits.ts';
import { type Plan, planRun } from './plan.ts';
import { sendFrames } from './send.ts';
import type { Sockets, ViewerSocket } from './sockets.ts';
import { createTally } from './tally.ts';

const planOf = (frames: Frame[]): Plan =>
  planRun(
    {
      header: {
        giftLog: 1,
        live: 'live',
        creator: 'creator',
        startedAt: '2026-01-01T20:00:00Z',
        source: 'written by hand',
        gifts: [{ id: 'rose', name: 'Rose', coins: 5, streakable: true }],
      },
      frames,
    },
    'run',
  );

const frame = (t: number, viewer: string, combo: string, count: number): Frame => ({
  t,
  viewer,
  gift: 'rose',
  combo,
  count,
});

/** A gateway that books like the real one, as fast as promises resolve, or as `answer` says. */
const play = async (
  frames: Frame[],
  { speed = 0, answer }: { speed?: number; answer?: (claim: Claim) => Error | undefined } = {},
) => {
  const counts = new Map<string, number>();
  const sent: { at: number; count: number; combo: string }[] = [];
  let [time, underWay, mostUnderWay, made] = [0, 0, 0, 0];
  const claim = async (claimed: Claim): Promise<Receipt> => {
    sent.push({ at: time, count: claimed.count, combo: claimed.combo });
    underWay += 1;
    mostUnderWay = Math.max(mostUnderWay, underWay);
    await new Promise((resolve) => setImmediate(resolve));
    underWay -= 1;
    const refused = answer?.(claimed);
    if (refused) throw refused;
    const count = Math.max(counts.get(claimed.combo) ?? 0, claimed.count);
    counts.set(claimed.combo, count);
    const [coins, millidiamonds] = [count * 5, count * 5_000];
    return { combo: claimed.combo, count, coins, millidiamonds, balance: 0, position: '1', at: 0 };
  };
  const socket = { claim, newComboId: () => `combo${++made}` } as ViewerSocket;
  const sockets: Sockets = {
    take: async () => socket,
    giveBack: () => undefined,
    close: async () => undefined,
  };
  const tally = createTally();
  const plan = planOf(frames);
  const waited: number[] = [];
  await sendFrames({
    plan,
    tally,
    sockets,
    speed,
    signal: new AbortController().signal,
    onProgress: () => undefined,
    now: () => time,
    wait: async (ms) => {
      waited.push(ms);
      await new Promise((resolve) => setImmediate(resolve));
      time += ms;
    },
  });
  return { sent, tally, waited, plan, mostUnderWay };
};

describe('sending frames', () => {
  it('sends each when it is due, in the order of arrival, and never waits for the past', async () => {
    const frames = [frame(1_000, 'a', '1', 1), frame(400, 'b', '1', 1), frame(3_000, 'c', '1', 1)];
    const { sent, waited } = await play(frames, { speed: 2 });
    expect(waited).toEqual([500, 1_000]);
    expect(sent.map(({ at }) => at)).toEqual([500, 500, 1_500]);
  });

  it('sends as fast as it goes at speed 0, with a bounded number under way', async () => {
    const frames = Array.from({ length: 5_000 }, (_, i) => frame(i * 1_000, `v${i}`, '1', 1));
    const { waited, mostUnderWay, tally } = await play(frames);
    expect(waited).toEqual([]);
    expect(mostUnderWay).toBeGreaterThan(100);
    expect(mostUnderWay).toBeLessThanOrEqual(limits.maxFramesUnderWay);
    expect(tally.frames).toEqual({ booked: 5_000, repeated: 0, refused: 0 });
  });

  it('sends the frames of a combo one after the other, wrong order included', async () => {
    const counts = [1, 1, 2, 9, 5, 3, 17, 9, 14];
    const { sent, tally } = await play(counts.map((count) => frame(0, 'a', '1', count)));
    expect(sent.map(({ count }) => count)).toEqual(counts);
    expect(tally.frames).toEqual({ booked: 4, repeated: 5, refused: 0 });
    expect(tally.witness()).toMatchObject({ gifts: 17, coins: 85, viewers: 1 });
  });

  it('gives every combo an id of its own', async () => {
    const { sent } = await play([
      frame(0, 'a', '1', 1),
      frame(0, 'b', '1', 1),
      frame(0, 'a', '2', 1),
      frame(0, 'a', '1', 2),
    ]);
    expect(new Set(sent.map(({ combo }) => combo)).size).toBe(3);
  });

  it('loses nothing of a combo that lasts longer than an id may', async () => {
    const hour = 3_600_000;
    const frames = [frame(0, 'a', '1', 3), frame(hour, 'a', '1', 5), frame(2 * hour, 'a', '1', 5)];
    const { sent, tally, plan } = await play(frames, { speed: 1 });
    expect(sent.map(({ combo, count }) => [combo, count])).toEqual([
      ['combo1', 3],
      ['combo2', 2],
      ['combo2', 2],
    ]);
    expect(tally.witness()).toMatchObject({ gifts: plan.implied.gifts, coins: plan.implied.coins });
  });

  it('counts what is refused, and goes on', async () => {
    const answer = ({ count }: Claim): Error | undefined => {
      if (count === 2) return new CaratRefusal(refuse('live_ended'));
      return count === 3 ? new CaratError('gave_up') : undefined;
    };
    const { tally } = await play(
      [1, 2, 3, 4].map((count) => frame(0, 'a', '1', count)),
      { answer },
    );
    expect(tally.frames).toEqual({ booked: 2, repeated: 0, refused: 2 });
    expect([...tally.refusals.keys()]).toEqual(['live_ended', 'gave_up']);
  });

  it('gives up where a socket fails in a way of its own', async () => {
    const answer = (): Error => new Error('out of memory');
    await expect(play([frame(0, 'a', '1', 1)], { answer })).rejects.toThrow('out of memory');
  });
});
