import { renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/**
 * Loaded into a process before its own program (`--import`): asked by a signal, it collects its garbage and
 * writes what its memory then holds to a file named after its pid, in the folder that the address of this
 * module names.
 */
const file = join(new URL(import.meta.url).searchParams.get('dir')!, `memory.${process.pid}`);
setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

process.on('SIGUSR2', () => {
  for (let n = 0; n < 3; n++) collectGarbage();
  writeFileSync(`${file}.new`, JSON.stringify(process.memoryUsage()));
  renameSync(`${file}.new`, file);
});
