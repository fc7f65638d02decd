import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { isBusy } from './errors.ts';
import { enter, keepOut } from './presence.ts';
import { kill, start, stop } from './testing/children.ts';

const folder = mkdtempSync(join(tmpdir(), 'carat-presence-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

it('many may be in at once, and nobody can be kept out until all have left', () => {
  const log = join(folder, 'one.db');
  const [one, two] = [enter(log), enter(log)];
  expect(keepOut(log)).toBeUndefined();
  one.leave();
  expect(keepOut(log)).toBeUndefined();
  two.leave();
  const alone = keepOut(log)!;
  expect(keepOut(log)).toBeUndefined();
  expect(() => enter(log)).toThrow(expect.toSatisfy(isBusy));
  alone.leave();
  enter(log).leave();
});

it.each([
  ['ends in order', stop],
  ['is killed', kill],
])('another process is in for as long as it has its log open, until it %s', async (_, end) => {
  const log = join(folder, `${end.name}.db`);
  const other = await start(log, 'listen', 'other');
  expect(keepOut(log)).toBeUndefined();
  await end(other);
  keepOut(log)!.leave();
});
