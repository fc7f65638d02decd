import { expect, test } from 'vitest';
import { createHealth } from './health.ts';
import { createMetrics } from './metrics.ts';
import { serveOps } from './ops-server.ts';

const serve = async () => {
  const health = createHealth();
  const metrics = createMetrics('projector');
  const ops = await serveOps({ host: '127.0.0.1', port: 0, health, metrics });
  const get = async (path: string, method = 'GET') => {
    const answer = await fetch(`http://127.0.0.1:${ops.port}${path}`, { method });
    return { status: answer.status, text: await answer.text() };
  };
  return { health, metrics, ops, get };
};

test('the three endpoints answer, and nothing else does', async () => {
  const { health, metrics, ops, get } = await serve();
  metrics
    .counter({ name: 'carat_events_total', help: 'Events read.', labels: ['unit'] })
    .inc({ unit: 'boards' }, 3);
  metrics.gauge({ name: 'carat_lag_events', help: 'Events not applied yet.' }, (gauge) => gauge.set(7));
  metrics.histogram({ name: 'carat_apply_seconds', help: 'Time of an application.' }).observe(0.002);

  expect(await get('/livez')).toEqual({ status: 200, text: '{"ok":true}\n' });
  expect(await get('/readyz?verbose')).toEqual({ status: 200, text: '{"ok":true,"checks":{}}\n' });
  health.add('redis', () => 'nothing answers');
  expect(await get('/readyz')).toEqual({
    status: 503,
    text: '{"ok":false,"checks":{"redis":"nothing answers"}}\n',
  });

  const { text } = await get('/metrics');
  expect(text).toContain('carat_events_total{unit="boards",service="projector"} 3');
  expect(text).toContain('carat_lag_events{service="projector"} 7');
  expect(text).toContain('carat_apply_seconds_bucket{le="0.0025",service="projector"} 1');
  expect(text).toContain('process_cpu_seconds_total');

  expect((await get('/other')).status).toBe(404);
  expect((await get('/livez', 'POST')).status).toBe(404);
  await ops.close();
  await expect(get('/livez')).rejects.toThrow();
});

test('a taken port is an error', async () => {
  const { ops, health, metrics } = await serve();
  await expect(serveOps({ host: '127.0.0.1', port: ops.port, health, metrics })).rejects.toThrow(
    'EADDRINUSE',
  );
  await ops.close();
});
