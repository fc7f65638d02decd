import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { type System, startSystem } from '../system.ts';
import { startDemo } from './demo.ts';

const soon = { timeout: 60_000, interval: 100 };

let dir: string;
let system: System;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'carat-demo-spec-'));
  system = await startSystem({ dir });
});
afterAll(async () => {
  await system?.stop();
  await rm(dir, { recursive: true, force: true });
});

test("counters move on the creator's socket, also after gateway and projector were killed", async () => {
  const said: string[] = [];
  const { apiUrl, secret } = system;
  const demo = await startDemo({
    apiUrl,
    gatewayUrl: system.gatewayUrls[0]!,
    secret,
    say: (line) => said.push(line),
  });
  const gifts = (): number => demo.numbers?.totals.gifts ?? 0;
  await vi.waitFor(() => expect(gifts()).toBeGreaterThan(0), soon);
  expect(demo.numbers!.totals.coins).toBeGreaterThanOrEqual(gifts());
  expect(demo.numbers!.totals.millidiamonds).toBe(demo.numbers!.totals.coins * 1_000);
  // The board is read apart from the totals, and comes a little later.
  await vi.waitFor(() => expect(demo.numbers!.board.entries[0]?.score).toBeGreaterThan(0), soon);

  const before = gifts();
  for (const name of ['gateway', 'projector']) system.process(name).kill('SIGKILL');
  await Promise.all(system.processes.map((each) => each.ready()));
  await vi.waitFor(() => expect(gifts()).toBeGreaterThan(before), soon);

  await demo.stop();
  expect(said).toEqual([]);
});
