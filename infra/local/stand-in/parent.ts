import { join } from 'node:path';
import { startSystem } from '../system.ts';

/** Starts a system of one stand-in, tells the pids of its processes, and waits to be killed. */
const [dir, port] = process.argv.slice(2);
const system = await startSystem({
  dir: dir!,
  services: () => [
    {
      name: 'one',
      main: join(import.meta.dirname, 'service.ts'),
      port: Number(port),
      env: { CARAT_STAND_IN_PORT: port! },
    },
  ],
});
process.send?.(system.processes.map(({ pid }) => pid));
