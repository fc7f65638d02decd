import { createHash } from 'node:crypto';
import { statementCsv } from '@carat/history';
import { redemptions } from '@carat/protocol';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { buildApi } from '../app.ts';
import {
  callerOf,
  creator,
  dependenciesOf,
  otherCreator,
  service,
  startApi,
  viewer,
} from '../testing/api-under-test.ts';
import { settleDay } from '../testing/settling.ts';

const now = Date.parse('2026-12-01T12:00:00Z');
const november = '/creators/carla/statements/2026-11';
let api: Awaited<ReturnType<typeof startApi>>;
beforeAll(async () => {
  api = await startApi({ clock: { now: () => now } });
  await settleDay(api.store, '2026-11-20', { carla: 30_000 });
});
afterAll(() => api.close());

const read = async (path: string) => api.send('GET', november + path, { as: creator });

it('is told from the log as it stands, and not issued before it is final', async () => {
  const response = await read('');
  expect(response.headers['content-type']).toBe('application/json; charset=utf-8');
  const statement = redemptions.statement.parse(response.json());
  expect(statement).toMatchObject({ final: false, millidiamonds: { earned: '30000000' } });
  await api.callRefused('statement_not_final', 'POST', `${november}/issue`, creator);
  await api.callRefused('statement_not_issued', 'GET', `${november}/pdf`, creator);
});

it('is issued once, whoever asks at once and again, and kept as it was', async () => {
  await settleDay(api.store, '2026-11-30', { carla: 1_000 });
  const second = buildApi(dependenciesOf(api.store, { clock: { now: () => now } }));
  const asked = await Promise.all(
    [api, callerOf(second), api, callerOf(second)].map(({ call }, n) =>
      call('POST', `${november}/issue`, n < 2 ? creator : service),
    ),
  );
  await second.close();
  expect(asked.map(({ status }) => status).sort()).toEqual([200, 200, 200, 201]);
  const [issued] = asked.map(({ body }) => redemptions.issuedStatement.parse(body));
  for (const { body } of asked) expect(body).toEqual(issued);
  expect(issued).toMatchObject({ creator: 'carla', period: '2026-11', at: now });

  const pdf = await read('/pdf');
  expect(pdf.headers['content-type']).toBe('application/pdf');
  expect(pdf.rawPayload.subarray(0, 5).toString()).toBe('%PDF-');
  expect(createHash('sha256').update(pdf.rawPayload).digest('hex')).toBe(issued!.sha256);

  await settleDay(api.store, '2026-12-01', { carla: 7 });
  expect((await read('/pdf')).rawPayload.equals(pdf.rawPayload)).toBe(true);
  const json = (await read('?format=json')).json();
  expect(json).toEqual(issued!.statement);
  const csv = await read('?format=csv');
  expect([csv.headers['content-type'], csv.body]).toEqual(['text/csv; charset=utf-8', statementCsv(json)]);
});

it('is told to the creator and the platform only, of periods that there are', async () => {
  for (const who of [otherCreator, viewer, { sub: 'carla', roles: ['viewer'] }]) {
    await api.callRefused('forbidden', 'GET', november, who);
    await api.callRefused('forbidden', 'GET', `${november}/pdf`, who);
    await api.callRefused('forbidden', 'POST', `${november}/issue`, who);
  }
  for (const wrong of ['2026-13', '2026-1', 'november', '0000', '9999-12']) {
    const { path } = await api.callRefused('invalid', 'GET', `/creators/carla/statements/${wrong}`, creator);
    expect(path).toBe('period');
  }
  const { path } = await api.callRefused('invalid', 'GET', `${november}?format=xml`, creator);
  expect(path).toBe('format');
  expect((await api.call('GET', '/creators/carla/statements/2026', creator)).body).toMatchObject({
    final: false,
    period: { from: '2026-01-01', to: '2026-12-31' },
  });
});
