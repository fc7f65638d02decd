import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { projectRoot } from '@carat/local';
import { localJwtSecret } from '@carat/service-kit';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { readConfig } from './config.ts';

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'carat-config-spec-'));
});
afterEach(() => rm(dir, { recursive: true, force: true }));

const running = {
  pid: process.pid,
  apiUrl: 'http://127.0.0.1:4000',
  gatewayUrls: ['http://127.0.0.1:4001'],
  redisUrl: 'redis://127.0.0.1:4002',
  eventStore: 'sqlite:/data/carat.db',
};
const announce = (told: object): Promise<void> => writeFile(join(dir, 'running.json'), JSON.stringify(told));

it('speaks to the system that runs, wherever it is', async () => {
  await announce(running);
  expect(await readConfig({}, dir)).toEqual({
    apiUrl: running.apiUrl,
    redisUrl: running.redisUrl,
    eventStore: running.eventStore,
    chosenEventStore: undefined,
    secret: localJwtSecret,
    mayMakeTokens: true,
  });
  await announce({ ...running, eventStore: 'sqlite:.carat/carat.db' });
  expect((await readConfig({}, dir)).eventStore).toBe(`sqlite:${join(projectRoot, '.carat/carat.db')}`);
});

it('speaks to what it is told to, each for itself', async () => {
  await announce(running);
  const set = { REDIS_URL: 'redis://10.0.0.5:6379', CARAT_URL: '' };
  expect(await readConfig(set, dir)).toMatchObject({ redisUrl: set.REDIS_URL, apiUrl: running.apiUrl });
  const all = { ...set, CARAT_URL: 'https://api.example', CARAT_EVENT_STORE: 'sqlite:other.db' };
  expect(await readConfig(all, dir)).toMatchObject({
    redisUrl: all.REDIS_URL,
    apiUrl: all.CARAT_URL,
    eventStore: all.CARAT_EVENT_STORE,
    chosenEventStore: all.CARAT_EVENT_STORE,
  });
});

it('speaks to where a system would be, while none runs', async () => {
  const defaults = {
    apiUrl: 'http://127.0.0.1:3000',
    redisUrl: 'redis://127.0.0.1:6379',
    eventStore: 'sqlite:.carat/carat.db',
  };
  expect(await readConfig({}, dir)).toMatchObject(defaults);
  await announce({ ...running, pid: 2 ** 30 });
  expect(await readConfig({}, dir)).toMatchObject(defaults);
});
