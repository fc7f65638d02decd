import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Frame, formatGiftLog } from './gift-log.ts';
import { type Faults, type Preset, presets } from './habits.ts';
import { runLive, simulateLive } from './live.ts';
import type { LiveOptions } from './options.ts';
import { impliedTotals, runningTotals } from './totals.ts';

const bytesOf = (options: LiveOptions): string => [...formatGiftLog(simulateLive(options))].join('\n');

/** Small enough to make hundreds of, with enough combos for every fault to strike. */
const small = {
  durationMs: 60_000,
  sendsPerMinute: 60,
  viewers: 25,
  habits: { combos: 0.3, longestCombo: 60 },
};

const share = fc.oneof(fc.constant(0), fc.constant(1), fc.double({ min: 0, max: 1, noNaN: true }));
const anyFaults: fc.Arbitrary<Faults> = fc.record({
  skippedCounts: share,
  closingFrames: share,
  duplicateFrames: share,
  lateFrames: share,
  reorderedCombos: share,
  replaysPerHour: fc.constantFrom(0, 60, 3_600),
  mostReplays: fc.nat({ max: 33 }),
  gapsPerHour: fc.constantFrom(0, 60, 3_600),
  coarseClock: fc.boolean(),
  sendersClock: fc.boolean(),
});

/** What faults must not touch. */
const given = (options: LiveOptions) => {
  const { combos, viewers, gifts, coins, top10 } = simulateLive(options).truth;
  return { combos, viewers, gifts, coins, top10 };
};

describe('a simulated live', () => {
  test('is the same to the byte for the same options, and another for another seed', () => {
    for (const preset of Object.keys(presets) as Preset[]) {
      const log = bytesOf({ seed: 7, preset });
      expect(bytesOf({ seed: '7', preset })).toBe(log);
      expect(bytesOf({ seed: 8, preset })).not.toBe(log);
    }
  });

  test('knows what its frames imply, whatever the feed does to them', () => {
    fc.assert(
      fc.property(fc.integer(), anyFaults, (seed, faults) => {
        const { header, frames, truth } = simulateLive({ ...small, seed, faults });
        expect(truth).toEqual(impliedTotals(frames, header.gifts));
      }),
      { numRuns: 1000 },
    );
  });

  test('is the same gift for gift, whatever the feed does to its frames', () => {
    fc.assert(
      fc.property(fc.integer(), anyFaults, (seed, faults) => {
        const clean = given({ ...small, seed, preset: 'clean' });
        expect(given({ ...small, seed, faults })).toEqual(clean);
      }),
      { numRuns: 1000 },
    );
  });

  test('keeps to the format: counts, gifts, whole times from 0 on', () => {
    fc.assert(
      fc.property(fc.integer(), anyFaults, (seed, faults) => {
        const { header, frames } = simulateLive({ ...small, seed, faults });
        const streakable = new Map(header.gifts.map((gift) => [gift.id, gift.streakable]));
        for (const { t, gift, count } of frames) {
          expect(Number.isInteger(t) && t >= 0 && (!faults.coarseClock || t % 1_000 === 0)).toBe(true);
          expect(count === 1 || streakable.get(gift)).toBe(true);
        }
      }),
      { numRuns: 100 },
    );
  });

  test('names combos so that only viewer, gift and id together are unique', () => {
    const { frames } = simulateLive({ ...small, seed: 2, preset: 'clean', durationMs: 3_600_000 });
    const names = new Set(frames.map(({ combo }) => combo));
    const combos = new Set(frames.map(({ viewer, gift, combo }) => `${viewer} ${gift} ${combo}`));
    expect(names.size).toBeLessThan(combos.size);
    // The name is the second of the beginning; a number follows only where a viewer begins twice in one.
    const numbered = [...names].filter((name) => !/^\d+$/.test(name));
    expect(numbered.length).toBeLessThan(names.size / 20);
  });

  test('takes gifts of any catalogue', () => {
    const catalogue = [{ id: 'only', name: 'Only', coins: 700, streakable: false }];
    const { truth, frames } = simulateLive({ ...small, seed: 1, catalogue });
    expect(truth.coins).toBe(700 * truth.combos);
    expect(frames.every(({ gift, count }) => gift === 'only' && count === 1)).toBe(true);
  });

  test.each([
    { durationMs: Number.POSITIVE_INFINITY },
    { durationMs: 0 },
    { sendsPerMinute: Number.NaN },
    { viewers: 0.5 },
    { catalogue: [] },
    { faults: { lateFrames: 1.1 } },
    { habits: { combos: -0.1 } },
    { habits: { longestCombo: 10_000 } },
    { faults: { replaysPerHour: -1 } },
  ] satisfies Partial<LiveOptions>[])('is refused for options without sense: %j', (options) => {
    expect(() => simulateLive({ seed: 1, ...options })).toThrow(RangeError);
  });
});

/** One combo's counts as they arrive, for every combo that is longer than ten. */
const longCombos = (faults: Partial<Faults>): number[][] => {
  const options: LiveOptions = { ...small, durationMs: 600_000, seed: 3, preset: 'clean', faults };
  const counts = new Map<string, number[]>();
  for (const { viewer, gift, combo, count } of simulateLive(options).frames) {
    const key = `${viewer} ${gift} ${combo}`;
    counts.set(key, [...(counts.get(key) ?? []), count]);
  }
  const long = [...counts.values()].filter((found) => Math.max(...found) > 10 && found.length > 1);
  expect(long.length).toBeGreaterThan(10);
  return long;
};
const isSorted = (counts: number[]): boolean =>
  counts.every((count, i) => i === 0 || count >= counts[i - 1]!);
const repeats = (counts: number[]): number => counts.length - new Set(counts).size;
const highest = (counts: number[]): number => Math.max(...counts);

describe('each fault does what it says', () => {
  test('none: every tap is a frame', () => {
    for (const counts of longCombos({})) {
      expect(counts).toEqual(Array.from({ length: highest(counts) }, (_, i) => i + 1));
    }
  });

  test('skipped counts leave the first and the last', () => {
    for (const counts of longCombos({ skippedCounts: 1 })) expect(counts).toEqual([1, highest(counts)]);
  });

  test('closing frames repeat the highest count', () => {
    for (const counts of longCombos({ closingFrames: 1 })) {
      expect(counts.slice(-2)).toEqual([highest(counts), highest(counts)]);
      expect(repeats(counts)).toBe(1);
    }
  });

  test('duplicate frames come twice', () => {
    for (const counts of longCombos({ duplicateFrames: 1 })) expect(repeats(counts)).toBe(highest(counts));
  });

  test('reordered combos lose their order and nothing else', () => {
    const combos = longCombos({ reorderedCombos: 1 });
    expect(combos.filter(isSorted).length).toBeLessThan(combos.length / 10);
    for (const counts of combos) expect(new Set(counts).size).toBe(highest(counts));
  });

  test('late frames fall behind in some combos, others keep their order', () => {
    const sorted = longCombos({ lateFrames: 0.01 }).filter(isSorted).length;
    expect(sorted).toBeGreaterThan(0);
    expect(sorted).toBeLessThan(longCombos({}).length);
  });

  test('gaps lose frames of running combos, never the highest', () => {
    const whole = longCombos({});
    const cut = longCombos({ gapsPerHour: 30 });
    expect(cut.flat().length).toBeLessThan(whole.flat().length);
    for (const counts of cut) expect(isSorted(counts)).toBe(true);
  });

  test('replays deliver a page of what came before again', () => {
    const once = simulateLive({ ...small, seed: 3, preset: 'clean' });
    const again = simulateLive({
      ...{ ...small, seed: 3, preset: 'clean' },
      faults: { replaysPerHour: 300, mostReplays: 20 },
    });
    expect(again.truth.frames).toBeGreaterThan(once.truth.frames * 2);
    const running = runningTotals(again.header.gifts);
    const news = again.frames.filter((frame) => running.add(frame) > 0);
    expect(news.map(({ t: _, ...frame }) => frame)).toEqual(once.frames.map(({ t: _, ...frame }) => frame));
  });

  test('replayed frames keep their times on the clock of the sender only', () => {
    const replayed = (sendersClock: boolean): boolean => {
      const faults = { replaysPerHour: 300, mostReplays: 20, sendersClock };
      const { frames } = simulateLive({ ...small, seed: 3, preset: 'clean', faults });
      return new Set(frames.map((frame) => JSON.stringify(frame))).size < frames.length;
    };
    expect(replayed(true)).toBe(true);
    expect(replayed(false)).toBe(false);
  });

  test('nothing is delivered while the feed is cut, replays neither', () => {
    const faults = { gapsPerHour: 30, replaysPerHour: 3_600, mostReplays: 20 };
    const options: LiveOptions = { ...small, seed: 3, durationMs: 3_600_000, preset: 'clean', faults };
    const times = simulateLive(options).frames.map(({ t }) => t);
    const silences = times.filter((t, i) => i > 0 && t - times[i - 1]! > 8_000).length;
    expect(silences).toBeGreaterThan(10);
  });

  test("the sender's clock runs backwards where frames are out of order, the receiver's never", () => {
    const isMonotonic = (faults: Partial<Faults>): boolean => {
      const { frames } = simulateLive({ ...small, seed: 3, durationMs: 600_000, faults });
      return frames.every(({ t }, i) => i === 0 || t >= frames[i - 1]!.t);
    };
    expect(isMonotonic({ reorderedCombos: 1, sendersClock: true })).toBe(false);
    expect(isMonotonic({ reorderedCombos: 1 })).toBe(true);
  });
});

describe('an endless live', () => {
  const endless: LiveOptions = { ...small, seed: 5, durationMs: Number.POSITIVE_INFINITY };

  test('ends after the frames under way once it is stopped, its truth then being what they imply', () => {
    const live = runLive(endless);
    const implied = runningTotals(live.header.gifts);
    let taken = 0;
    for (const frame of live.frames) {
      implied.add(frame);
      taken += 1;
      if (taken === 3_000) live.stop();
      if (taken === 10_000) break;
    }
    expect(taken).toBeGreaterThan(3_000);
    expect(taken).toBeLessThan(10_000);
    expect(live.truth()).toEqual(implied.totals());
  });

  test('never claims more than what came', () => {
    const live = runLive(endless);
    const implied = runningTotals(live.header.gifts);
    for (let taken = 0; taken < 500; taken++) {
      implied.add(live.frames.next().value as Frame);
      expect(live.truth().coins).toBeLessThanOrEqual(implied.totals().coins);
    }
    live.stop();
  });

  test('begins like the same live with an end', () => {
    const { frames } = simulateLive({ ...endless, durationMs: 60_000 });
    const begun = runLive(endless).frames;
    for (const frame of frames.filter(({ t }) => t < 50_000)) expect(begun.next().value).toEqual(frame);
  });
});
