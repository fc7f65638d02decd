/**
 * The double as a process of its own, for tests that kill it: prints its url as one line.
 * `node main.ts [--port 0] [--file <path>] [--version 26.0.3] [--lacks-append-records]`
 */
import { parseArgs } from 'node:util';
import { startDouble } from './double.ts';
import { openJournal } from './journal.ts';
import { Log } from './log.ts';

const { values } = parseArgs({
  options: {
    port: { type: 'string', default: '0' },
    file: { type: 'string' },
    version: { type: 'string', default: '26.0.3' },
    'lacks-append-records': { type: 'boolean', default: false },
  },
});

const journal = values.file === undefined ? undefined : openJournal(values.file);
const log = new Log(journal ? { journal: journal.write } : {});
if (journal) log.load(journal.records);

const double = await startDouble({
  port: Number(values.port),
  version: values.version,
  appendRecords: !values['lacks-append-records'],
  log,
});
process.once('SIGTERM', async () => {
  await double.stop();
  journal?.close();
});
process.stdout.write(`${double.url}\n`);
