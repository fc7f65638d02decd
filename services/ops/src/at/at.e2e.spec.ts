import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { prefixes } from '@carat/domain';
import { openEventStore } from '@carat/event-store';
import { type System, startSystem } from '@carat/local';
import { signToken } from '@carat/service-kit';
import { formatGiftLog, simulateLive } from '@carat/simulator';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runCarat } from '../testing/run-carat.ts';

type Numbers = { readonly asOf: { readonly generation: string; readonly position: string } };

describe('numbers of the past of a whole system', () => {
  let dir: string;
  let system: System;
  let live: string;
  let creator: string;
  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), 'carat-at-'));
    const made = simulateLive({ seed: 3, durationMs: 60_000, sendsPerMinute: 60, viewers: 60 });
    const file = join(dir, 'live.jsonl');
    await writeFile(file, [...formatGiftLog(made), ''].join('\n'));
    system = await startSystem({ dir });
    const env = {
      CARAT_URL: system.apiUrl,
      REDIS_URL: system.redisUrl,
      CARAT_EVENT_STORE: system.eventStore,
      CARAT_JWT_SECRET: system.secret,
    };
    const played = await runCarat(['play', '--speed', '0', '--json', file], env);
    expect(played).toMatchObject({ code: 0 });
    creator = made.header.creator;
    const store = await openEventStore(system.eventStore);
    const [started] = (await store.readAll({ prefixes: [prefixes.lives], limit: 10_000 })).events;
    live = started!.data.live as string;
    await store.close();
  });
  afterAll(async () => {
    await system?.stop();
    await rm(dir, { recursive: true, force: true });
  });

  const ask = async (path: string): Promise<Numbers> => {
    const token = await signToken({ sub: 'olga', roles: ['operator'], ttlSeconds: 60 }, system.secret);
    const headers = { authorization: `Bearer ${token}` };
    const response = await fetch(`${system.apiUrl}${path}`, { headers });
    expect(response.status, path).toBe(200);
    return (await response.json()) as Numbers;
  };

  it('as of where the read models stand are what the read models hold', async () => {
    for (const path of [
      `/lives/${live}/totals?`,
      `/lives/${live}/board?limit=1000`,
      `/creators/${creator}/earnings?`,
      '/boards/creators?window=hour&limit=1000',
      '/boards/gifters?window=week&limit=1000',
      '/boards/gifters?limit=1000',
    ]) {
      const { asOf: now, ...held } = await ask(path);
      const { asOf: then, ...folded } = await ask(`${path}&at=@${now.position}`);
      expect(folded).toEqual(held);
      expect(then.position).toBe(now.position);
      expect(then.generation).not.toBe(now.generation);
    }
  });
});
