import { type ChildProcess, spawn } from 'node:child_process';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { caratDir, projectRoot } from '@carat/local';
import type { http } from '@carat/protocol';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { raiseStage, type Stage } from './stage.ts';

const soon = { timeout: 30_000, interval: 50 };
const folder = join(caratDir, `own-client-${process.pid}`);

let stage: Stage;
const children: ChildProcess[] = [];
beforeAll(async () => {
  stage = await raiseStage();
  await mkdir(folder, { recursive: true });
});
afterAll(async () => {
  for (const child of children) child.kill('SIGKILL');
  await stage.stop();
  await rm(folder, { recursive: true, force: true });
});

/** Runs the nth program of the page, as somebody, and tells what it has printed so far. */
const run = async (
  nth: number,
  env: { readonly token: string; readonly live: string; readonly gift: string },
) => {
  const page = await readFile(join(projectRoot, 'docs/own-client.md'), 'utf8');
  const programs = [...page.matchAll(/```ts\n([\s\S]*?)```/g)].map(([, code]) => code!);
  const file = join(folder, `program-${nth}.mjs`);
  await writeFile(file, programs[nth]!);
  const child = spawn(process.execPath, [file], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { GATEWAY: stage.system.gatewayUrls[0]!, TOKEN: env.token, LIVE: env.live, GIFT: env.gift },
  });
  children.push(child);
  let out = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (data: Buffer) => {
      out += data.toString();
    });
  }
  return (): string[] => out.split('\n').slice(0, -1);
};

const feedOf = async (live: string): Promise<string[]> => {
  const { bookings }: http.Feed = await stage.ask('GET', `/lives/${live}/feed?limit=1000`);
  return bookings.map(
    ({ position, viewer, gift, booked }) => `booking ${position} ${viewer} ${gift} ${booked}`,
  );
};

it('with a Socket.IO library: merges claims, shows each booking once though the gateway dies', async () => {
  const { live, gift } = await stage.openLive({ coins: 3 });
  await stage.grant('own', 100);
  await stage.grant('guest', 1_000);
  const lines = await run(0, { token: await stage.token('viewer', 'own'), live, gift });
  await vi.waitFor(() => expect(lines()).toContain('booked 5 balance 85'), soon);
  await vi.waitFor(() => expect(lines().find((line) => line.startsWith('watching'))).toBeDefined(), soon);

  const guest = await stage.join('viewer', 'guest');
  const combo = guest.send({ live, gift });
  await combo.tap();
  await vi.waitFor(() => expect(lines().some((line) => / guest /.test(line))).toBe(true), soon);
  stage.system.process('gateway').kill('SIGKILL');
  for (let n = 0; n < 10; n++) await combo.tap();
  await vi.waitFor(async () => {
    const feed = await feedOf(live);
    const guests = feed.filter((line) => / guest /.test(line));
    expect(guests.length).toBeGreaterThan(1);
    const shown = lines().filter((line) => line.startsWith('booking'));
    expect(shown.filter((line) => / guest /.test(line))).toEqual(guests);
    expect(new Set(shown).size).toBe(shown.length);
  }, soon);
  expect(lines()).not.toContain('gap');
  expect((await stage.ask('GET', '/wallets/own')).balance).toBe(85);
});

it('with bare frames: watches, sends, and sees it come', async () => {
  const { live, gift } = await stage.openLive({ coins: 2 });
  await stage.grant('bare', 10);
  const lines = await run(1, { token: await stage.token('viewer', 'bare'), live, gift });
  await vi.waitFor(() => {
    expect(lines()).toContain('watching 0');
    expect(lines()).toContain('booked 3');
    expect(lines()).toContain('coins 6');
  }, soon);
  const feed = await feedOf(live);
  expect(feed).toHaveLength(1);
  expect(lines().filter((line) => line.startsWith('booking'))).toEqual(feed);
});

it('with bare frames: is told why it is refused', async () => {
  const { live, gift } = await stage.openLive();
  const lines = await run(1, { token: 'forged', live, gift });
  await vi.waitFor(() => expect(lines()).toContain('refused unauthenticated'), soon);
});
