import { generateKeyPairSync } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type EventStore, readSealKey } from '@carat/event-store';
import { beginGeneration, checkpointKey, plainUnits } from '@carat/read-models';
import { Redis } from 'ioredis';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { type LocalRedis, startRedis } from '../../../../infra/local/redis.ts';
import { runCarat } from '../testing/run-carat.ts';
import { openLogs, readWhole, sealAll } from './testing/forged-log.ts';
import { writeLog } from './testing/written-log.ts';
import { verify } from './verify.ts';

let server: LocalRedis;
let redis: Redis;
let dir: string;
let logs: Awaited<ReturnType<typeof openLogs>>;
const { signal } = new AbortController();

beforeAll(async () => {
  server = await startRedis();
  redis = new Redis(server.url);
  dir = await mkdtemp(join(tmpdir(), 'carat-keys-'));
});
afterAll(async () => {
  redis.disconnect();
  await server.stop();
  await rm(dir, { recursive: true, force: true });
});
beforeEach(async () => {
  await redis.flushall();
  logs = await openLogs();
});
afterEach(() => logs.close());

/** A log of a few events that no number depends on. */
const writeSome = async (store: EventStore): Promise<void> => {
  const log = writeLog();
  log.write('log', 'LogCreated', { logId: 'a' });
  for (const gift of ['rose', 'castle', 'car']) log.list(gift, 5);
  await logs.write(store, log.events);
};

/** Both units stand here, whole and without any numbers. */
const standAt = async (position: string, event: string): Promise<void> => {
  const { generation } = await beginGeneration(redis, { projections: 1, log: 'a' }, undefined);
  for (const unit of plainUnits) {
    await redis.hset(checkpointKey(generation, unit), { position, event, complete: '1' });
  }
};

const keyFiles = async (name: string) => {
  const pair = generateKeyPairSync('ed25519', {
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    publicKeyEncoding: { type: 'spki', format: 'pem' },
  });
  const path = join(dir, `${name}.pem`);
  await writeFile(path, pair.publicKey);
  return { path, key: readSealKey(pair.privateKey) };
};

it('reports plainly that a unit knows more of the log than the log holds', async () => {
  const { url, store } = await logs.open();
  await writeSome(store);
  await standAt('9', '0190b0a0-0000-7000-8000-000000000000');
  const { agree, differences } = await verify({ eventStore: url, redisUrl: server.url }, signal);
  expect(agree).toBe(false);
  expect(differences).toEqual(
    ['creators', 'boards'].map(
      (unit) =>
        `The log ends at position 4, but the unit ${unit} had applied up to position 9: ` +
        'acknowledged events are gone.',
    ),
  );
});

it('tells how much is sealed, and holds seals against the keys that it is given', async () => {
  const { url, store } = await logs.open();
  const [mine, theirs] = [await keyFiles('mine'), await keyFiles('theirs')];
  await writeSome(store);
  await sealAll(store, mine.key);
  const end = (await readWhole(store)).at(-1)!;
  await standAt(end.position, end.id);
  const env = { CARAT_EVENT_STORE: url, REDIS_URL: server.url };

  const plain = await runCarat(['verify'], env);
  expect(plain).toMatchObject({ code: 0, stderr: '' });
  expect(plain.stdout).toMatch(/ {2}seals: 1, the last of \S+Z\n {2}events sealed: 4, not yet: 1\n/);
  expect(plain.stdout).toContain(`  signed: 1 of the seals, with ${mine.key.key}\n`);

  const right = await runCarat(['verify', '--json', '--seal-key', theirs.path, mine.path], env);
  expect(right.code).toBe(0);
  expect(JSON.parse(right.stdout).seals).toMatchObject({
    seals: 1,
    sealed: 4,
    unsealed: 1,
    signed: 1,
    broken: [],
  });
  const wrong = await runCarat(['verify', '--seal-key', theirs.path], env);
  expect(wrong).toMatchObject({ code: 1, stderr: 'No seal of the log is signed with a key given.\n' });
  const named = await runCarat(['verify'], { ...env, CARAT_SEAL_PUBLIC_KEY: theirs.path });
  expect(named.code).toBe(1);
  const missing = await runCarat(['verify', '--seal-key', join(dir, 'missing.pem')], env);
  expect(missing.code).toBe(2);
  expect(missing.stderr).toMatch(/missing\.pem is no Ed25519 public key \(--seal-key\): ENOENT/);
});
