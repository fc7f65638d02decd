import type { Random } from './random.ts';

/**
 * Rooms are not even: minutes of the same live differ by a factor of ten (measured: coefficient of variation
 * of sends per minute 0.65–2.0, busiest minute 4–24 times the mean, neighbouring minutes correlated 0.2–0.7).
 * The rate is constant within a stretch of seconds; its logarithm wanders from stretch to stretch, and some
 * stretches are bursts.
 */
const meanStretchMs = 15_000;
const memoryMs = 180_000;
const spread = 0.7;
const bursts = 0.04;
const [leastBurst, greatestBurst] = [3, 8];
const meanBurst = 1 - bursts + (bursts * (leastBurst + greatestBurst)) / 2;

/** When sends begin, in ms since the first one; never earlier than the one before. Endless. */
export function* paceOf(sendsPerMinute: number, random: Random): Generator<number> {
  const perMs = sendsPerMinute / 60_000;
  let now = 0;
  let level = spread * random.normal();
  let stretchEnds = random.exponential(meanStretchMs);
  let rate = perMs * busyness(level, random);
  yield now;
  for (;;) {
    // An exponential amount of "activity" passes until the next send, however many stretches that takes.
    let activity = random.exponential(1);
    while (activity > rate * (stretchEnds - now)) {
      activity -= rate * (stretchEnds - now);
      now = stretchEnds;
      const stretch = random.exponential(meanStretchMs);
      const kept = Math.exp(-stretch / memoryMs);
      level = kept * level + Math.sqrt(1 - kept * kept) * spread * random.normal();
      rate = perMs * busyness(level, random);
      stretchEnds = now + stretch;
    }
    now += activity / rate;
    yield Math.floor(now);
  }
}

/** Around 1 in the long run. */
const busyness = (level: number, random: Random): number => {
  const burst = random.chance(bursts) ? random.between(leastBurst, greatestBurst) : 1;
  return (Math.exp(level - (spread * spread) / 2) * burst) / meanBurst;
};
