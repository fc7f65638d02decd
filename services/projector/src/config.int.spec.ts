import { generateKeyPairSync } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ConfigError } from '@carat/service-kit';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { readConfig } from './config.ts';

let dir: string;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'carat-config-'));
});
afterAll(() => rm(dir, { recursive: true, force: true }));

const keyFile = async (type: 'ed25519' | 'x25519'): Promise<string> => {
  const { privateKey } = generateKeyPairSync(type as 'ed25519');
  const path = join(dir, `${type}.pem`);
  await writeFile(path, privateKey.export({ type: 'pkcs8', format: 'pem' }));
  return path;
};

it('reads the key that seals are signed with, if there is one', async () => {
  expect(readConfig({}).CARAT_SEAL_KEY).toBeUndefined();
  const { CARAT_SEAL_KEY: key } = readConfig({ CARAT_SEAL_KEY: await keyFile('ed25519') });
  expect(key?.key).toMatch(/^[\w-]{43}$/);
  expect(key?.sign('text')).toMatch(/^[\w-]{86}$/);
});

it('says what is wrong with the key, and how to make one', async () => {
  const missing = join(dir, 'missing.pem');
  const refused = (path: string) => () => readConfig({ CARAT_SEAL_KEY: path });
  expect(refused(missing)).toThrow(ConfigError);
  expect(refused(missing)).toThrow(
    /CARAT_SEAL_KEY must be .* "openssl genpkey -algorithm ed25519 -out .*ENOENT/,
  );
  expect(refused(await keyFile('x25519'))).toThrow(/it holds a key of type x25519, not Ed25519/);
  await writeFile(missing, 'nonsense');
  expect(refused(missing)).toThrow(/it holds no private key in PEM form/);
});

it('spreads creators over one shard unless it is told otherwise, and over 64 at most', () => {
  expect(readConfig({}).CARAT_CREATOR_SHARDS).toBe(1);
  expect(readConfig({ CARAT_CREATOR_SHARDS: '64' }).CARAT_CREATOR_SHARDS).toBe(64);
  expect(() => readConfig({ CARAT_CREATOR_SHARDS: '65' })).toThrow(/CARAT_CREATOR_SHARDS must be at most 64/);
  expect(() => readConfig({ CARAT_CREATOR_SHARDS: '0' })).toThrow(/CARAT_CREATOR_SHARDS must be at least 1/);
});
