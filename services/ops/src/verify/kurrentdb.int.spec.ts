import { randomUUID } from 'node:crypto';
import { type EventStore, openEventStore } from '@carat/event-store';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import {
  type Double,
  startDouble,
} from '../../../../packages/event-store/src/kurrentdb/testing/double/double.ts';
import { jsonRecord } from '../../../../packages/event-store/src/kurrentdb/testing/double/record.ts';
import { createDifferences } from '../outcome.ts';
import { proveLog } from './log.ts';
import { openLogs, sealAll } from './testing/forged-log.ts';
import { comboId, noon, writeLog } from './testing/written-log.ts';

/** What another hand does to a log that a KurrentDB keeps: here over the double, whose log lets one do it. */
let double: Double;
let store: EventStore;
let logs: Awaited<ReturnType<typeof openLogs>>;

beforeAll(async () => {
  double = await startDouble();
  logs = await openLogs();
  store = await openEventStore(double.url);
});
afterAll(async () => {
  await store.close();
  await double.stop();
  await logs.close();
});

beforeEach(async () => {
  double.clear();
  const log = writeLog();
  log.write('log', 'LogCreated', { logId: 'a' });
  log.list('rose', 5);
  log.start('live', 'creator');
  log.grant('ann', 1_000);
  for (let n = 0; n < 4; n++) log.send({ viewer: 'ann', combo: comboId(noon, n) });
  log.list('castle', 500);
  await logs.write(store, log.events);
  await sealAll(store);
});

const prove = async (): Promise<string> => {
  const differences = createDifferences(50);
  await proveLog(store, await store.head(), new Set(), differences);
  return differences.lines().join('\n');
};

const recordsOf = (stream: string) => double.log.records.filter((record) => record.stream === stream);

it('is all as it was sealed', async () => {
  expect(await prove()).toBe('');
});

it('finds an event that was changed, and names its seal and its wallet', async () => {
  const { position, data } = recordsOf('wallet-ann')[2]!;
  const spent = JSON.parse(new TextDecoder().decode(data));
  const changed = { ...spent, after: { balance: spent.after.balance + 5 } };
  double.log.change(position, { data: new TextEncoder().encode(JSON.stringify(changed)) });
  const found = await prove();
  expect(found).toMatch(/Seal 1 does not fit .* but something was changed\./);
  expect(found).toMatch(new RegExp(`of wallet-ann at position ${position}: it says the balance is`));
});

it('finds an event that was removed', async () => {
  double.log.remove(recordsOf('wallet-ann')[2]!.position);
  const found = await prove();
  expect(found).toMatch(/Seal 1 does not fit .*: 1 removed\./);
  expect(found).toContain('wallet-ann');
});

it('finds an event that was put in among those that are sealed', async () => {
  const before = recordsOf('catalogue').at(-1)!;
  const record = jsonRecord('grant-forged', 'GrantMade', randomUUID(), {
    ...{ grant: 'forged', viewer: 'ann', coins: 9, at: noon },
  });
  double.log.insert({ ...record, position: before.position - 1, revision: 0, created: noon });
  expect(await prove()).toMatch(/Seal 1 does not fit .*: 1 inserted\./);
});

it('finds coins that were appended behind the seals, by the wallet that they went to', async () => {
  const [last] = recordsOf('wallet-ann').slice(-1);
  double.log.append([
    jsonRecord('wallet-ann', 'CoinsGranted', randomUUID(), {
      ...{ grant: 'forged', viewer: 'ann', coins: 9_000, at: noon, after: { balance: 9_000 } },
    }),
  ]);
  const found = await prove();
  expect(found).toMatch(
    new RegExp(`CoinsGranted ${last!.revision + 1} of wallet-ann .* it says the balance is`),
  );
});
