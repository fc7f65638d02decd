import { expect, it } from 'vitest';
import { startClockCheck } from './clock-check.ts';

const now = 1_795_000_000_000;
const nobody: Omit<Parameters<typeof startClockCheck>[0], 'clock'> = {
  redis: { status: 'end', time: async () => [] },
  store: { head: async () => undefined },
};
const at = (ms: number) => ({
  redis: { status: 'ready', time: async () => [String(Math.floor(ms / 1_000)), '0'] },
});

const faultOf = async (others: Partial<typeof nobody>) => {
  const check = startClockCheck({ clock: { now: () => now }, ...nobody, ...others });
  await new Promise(setImmediate);
  check.close();
  return check.fault();
};

it('finds no fault alone, nor within a minute of Redis', async () => {
  expect(await faultOf({})).toBeUndefined();
  expect(await faultOf(at(now - 59_000))).toBeUndefined();
  expect(await faultOf(at(now + 60_000))).toBeUndefined();
});

it('says which way it is off', async () => {
  expect(await faultOf(at(now - 120_000))).toBe('the clock is 120 s ahead of that of others');
  expect(await faultOf(at(now + 120_000))).toBe('the clock is 120 s behind that of others');
});

it('is behind where the log has later events, but not ahead where the log is old', async () => {
  const created = (ms: number) => ({ store: { head: async () => ({ position: '1', created: ms }) } });
  expect(await faultOf(created(now + 90_000))).toMatch(/90 s behind/);
  expect(await faultOf(created(now - 90_000))).toBeUndefined();
});
