import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { prefixes } from '@carat/domain';
import { openEventStore } from '@carat/event-store';
import { type System, startSystem } from '@carat/local';
import type { http } from '@carat/protocol';
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
  let env: Record<string, string>;
  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), 'carat-at-'));
    const made = simulateLive({ seed: 3, durationMs: 60_000, sendsPerMinute: 60, viewers: 60 });
    const file = join(dir, 'live.jsonl');
    await writeFile(file, [...formatGiftLog(made), ''].join('\n'));
    system = await startSystem({ dir });
    env = {
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

  const call = async (path: string, body?: object): Promise<Response> => {
    const token = await signToken({ sub: 'olga', roles: ['operator'], ttlSeconds: 60 }, system.secret);
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
    const sent = body && { method: 'POST', body: JSON.stringify(body) };
    return fetch(`${system.apiUrl}${path}`, { headers, ...sent });
  };
  const ask = async (path: string): Promise<Numbers> => {
    const response = await call(path);
    expect(response.status, path).toBe(200);
    return (await response.json()) as Numbers;
  };
  const compare = async (paths: readonly string[]): Promise<void> => {
    for (const path of paths) {
      const { asOf: now, ...held } = await ask(path);
      const { asOf: then, ...folded } = await ask(`${path}&at=@${now.position}`);
      expect(folded).toEqual(held);
      expect(then.position).toBe(now.position);
      expect(then.generation).not.toBe(now.generation);
    }
  };

  it('as of where the read models stand are what the read models hold', () =>
    compare([
      `/lives/${live}/totals?`,
      `/lives/${live}/board?limit=1000`,
      `/creators/${creator}/earnings?`,
      '/boards/creators?window=hour&limit=1000',
      '/boards/gifters?window=week&limit=1000',
      '/boards/gifters?limit=1000',
    ]));

  it('so are those of boards that an operator defines afterwards', async () => {
    const { perGift } = (await (await call(`/lives/${live}/totals`)).json()) as http.Totals;
    const boards = [
      { board: 'all', by: 'viewer' },
      { board: 'best', by: 'viewer', gifts: [perGift[0]!.gift], lives: [live], window: 'day' },
      { board: 'hours', by: 'creator', from: Date.now() - 86_400_000, window: 'hour' },
    ];
    for (const board of boards) expect((await call('/boards', board)).status).toBe(201);
    const paths = boards.map(({ board }) => `/boards/${board}?limit=1000`);
    for (const path of paths) {
      await expect.poll(async () => (await call(path)).status, { timeout: 15_000 }).toBe(200);
    }
    await compare(paths);
    const best = (await ask(paths[1]!)) as unknown as http.Board;
    expect(best.entries.reduce((sum, { score }) => sum + score, 0)).toBe(perGift[0]!.coins);
    const verified = JSON.parse((await runCarat(['verify', '--json'], env)).stdout);
    expect(verified.differences.filter((line: string) => line.startsWith('board:'))).toEqual([]);
    for (const { board } of boards) expect(verified.units[`board:${board}`].numbers).toBeGreaterThan(1);
  });
});
