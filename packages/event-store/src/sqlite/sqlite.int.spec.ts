import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { eventStoreLaws, type FreshLog } from '../laws.ts';
import type { ConnectionOptions } from './connection.ts';
import { openSqliteStore } from './store.ts';

const folder = mkdtempSync(join(tmpdir(), 'carat-laws-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

let logs = 0;
const freshLogs = (options: Partial<ConnectionOptions>) => async (): Promise<FreshLog> => {
  logs += 1;
  const path = join(folder, `${logs}.db`);
  return { open: () => openSqliteStore(path, options) };
};

const capabilities = { reopen: true, processes: true };

eventStoreLaws('SQLite', freshLogs({}), capabilities);
eventStoreLaws(
  'SQLite that remembers next to nothing',
  freshLogs({ cachedStreams: 2, cachePages: 10 }),
  capabilities,
);
