import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openDestination } from './destination.ts';

let dir: string;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'carat-destination-'));
  await writeFile(join(dir, 'file'), '');
});
afterAll(() => rm(dir, { recursive: true, force: true }));

it.each([
  ['none/out.csv', 'there is no folder DIR/none.'],
  ['file/out.csv', 'DIR/file is no folder.'],
  ['.', 'it is a folder.'],
])('says why %s cannot be written', async (name, why) => {
  const file = join(dir, name);
  await expect(openDestination(file, true)).rejects.toMatchObject({
    name: 'CommandError',
    message: `${file} cannot be written: ${why.replace('DIR', dir)}`,
  });
});
