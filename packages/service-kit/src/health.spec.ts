import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createHealth, maxCheckMs } from './health.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test('it is ready while every check finds nothing wrong', async () => {
  const health = createHealth();
  let redis: string | undefined;
  health.add('store', async () => undefined);
  health.add('redis', () => redis);
  expect(await health.ready()).toEqual({ ok: true, checks: { store: 'ok', redis: 'ok' } });
  redis = 'maxmemory-policy is not noeviction';
  expect(await health.ready()).toEqual({ ok: false, checks: { store: 'ok', redis } });
});

test('a check that throws has failed, with its message', async () => {
  const health = createHealth();
  health.add('store', () => Promise.reject(new Error('disk I/O error')));
  expect(await health.ready()).toEqual({ ok: false, checks: { store: 'disk I/O error' } });
});

test('a check that hangs has failed after its time', async () => {
  const health = createHealth();
  health.add('store', () => new Promise(() => {}));
  const ready = health.ready();
  await vi.advanceTimersByTimeAsync(maxCheckMs);
  expect(await ready).toEqual({ ok: false, checks: { store: `no answer within ${maxCheckMs} ms` } });
});

test('what is warned of is told, and leaves the process ready', async () => {
  const health = createHealth();
  let difference: string | undefined;
  health.add('store', () => undefined);
  health.warn('reconciliation', () => difference);
  expect(await health.ready()).toEqual({ ok: true, checks: { store: 'ok' } });
  difference = 'two payouts differ';
  const warnings = { reconciliation: difference };
  expect(await health.ready()).toEqual({ ok: true, checks: { store: 'ok' }, warnings });
});

test('a draining process is alive, but not ready', async () => {
  const health = createHealth();
  health.drain();
  expect(health.live()).toBe(true);
  expect(await health.ready()).toMatchObject({ ok: false });
});
