import { readFileSync, watch } from 'node:fs';
import { type LogPage, openEventStore } from '@carat/event-store';

/**
 * A process that says, in ms, how long ago what it sees was sent: `event-store-listener.ts <kind> <path>`.
 * The clock of `process.hrtime` is one for all processes of a machine.
 */
const [kind = '', path = ''] = process.argv.slice(2);

const say = (sentAt: string): void => {
  process.send?.({ ms: Number(process.hrtime.bigint() - BigInt(sentAt)) / 1e6 });
};

/** Reads on whenever it is told that there is more. */
const listenToLog = async (): Promise<void> => {
  const store = await openEventStore(path);
  let after: LogPage['upTo'] = (await store.head())?.position;
  let reading: Promise<void> = Promise.resolve();
  const readOn = async (): Promise<void> => {
    for (;;) {
      const page = await store.readAll({ after, limit: 1_000 });
      for (const { data } of page.events) say(String(data.sentAt));
      after = page.upTo;
      if (page.atHead) return;
    }
  };
  store.onMore(() => {
    reading = reading.then(readOn);
  });
};

const listenToFile = (): void => {
  let last = '';
  watch(path, () => {
    const sentAt = readFileSync(path, 'utf8');
    if (sentAt === '' || sentAt === last) return;
    last = sentAt;
    say(sentAt);
  });
};

if (kind === 'log') await listenToLog();
else listenToFile();
process.on('disconnect', () => process.exit(0));
process.send?.('ready');
