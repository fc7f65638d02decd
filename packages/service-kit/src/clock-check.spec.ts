import { expect, it } from 'vitest';
import { createClock } from './clock.ts';
import { startClockCheck } from './clock-check.ts';

const now = 1_795_000_000_000;
type Others = Parameters<typeof startClockCheck>[0];

const away = { status: 'reconnecting', time: () => Promise.reject(new Error('away')) };
const redisAt = (ms: number) => ({
  status: 'ready',
  time: async () => [String(Math.floor(ms / 1_000)), '0'],
});
const logAt = (created: number) => ({ head: async () => ({ created }) });
const empty = { head: async () => undefined };

const faultOf = async (others: Partial<Others>): Promise<string | undefined> => {
  const check = await startClockCheck({ clock: { now: () => now }, redis: away, store: empty, ...others });
  check.close();
  return check.fault();
};

it('knows of no fault alone, nor within a minute of Redis', async () => {
  expect(await faultOf({})).toBeUndefined();
  expect(await faultOf({ redis: redisAt(now - 59_000) })).toBeUndefined();
  expect(await faultOf({ redis: redisAt(now + 60_000) })).toBeUndefined();
});

it('says at once which way it is off', async () => {
  expect(await faultOf({ redis: redisAt(now - 120_000) })).toBe('the clock is 120 s ahead of that of others');
  expect(await faultOf({ redis: redisAt(now + 120_000) })).toBe('the clock is 120 s behind that of others');
});

it('believes the newest event of the log while Redis is away, however old that is', async () => {
  expect(await faultOf({ store: logAt(now + 90_000) })).toMatch(/90 s behind/);
  expect(await faultOf({ store: logAt(now - 90_000) })).toBeUndefined();
});

it('believes Redis rather than the log: a wrong clock’s event stops nobody else', async () => {
  expect(await faultOf({ redis: redisAt(now), store: logAt(now + 7_200_000) })).toBeUndefined();
});

it('waits for a Redis that is still being connected to', async () => {
  let status = 'connecting';
  setTimeout(() => {
    status = 'ready';
  }, 50);
  const redis = {
    get status() {
      return status;
    },
    time: redisAt(now - 120_000).time,
  };
  expect(await faultOf({ redis })).toMatch(/120 s ahead/);
});

it('looks at once where it is asked to', async () => {
  let time = now;
  const check = await startClockCheck({ clock: { now: () => time }, redis: redisAt(now), store: empty });
  check.close();
  time += 120_000;
  expect(check.fault()).toBeUndefined();
  expect(await check.look()).toMatch(/120 s ahead/);
  expect(check.fault()).toMatch(/120 s ahead/);
});

it('tells of a working clock that stays ahead after the machine was wrong for a moment', async () => {
  let machine = now + 172_800_000;
  const clock = createClock(5_000, () => machine);
  clock.now();
  machine = now;
  const meant = { now: () => clock.now() - 5_000 };
  expect(await faultOf({ clock: meant, redis: redisAt(now) })).toMatch(/172800 s ahead/);
});
