import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { openEventStore } from '@carat/event-store';
import { v7 } from 'uuid';
import { expect, it } from 'vitest';
import { Appender } from './event-store-appender.ts';
import { newLane } from './event-store-appends.ts';
import { kurrentRestart, kurrentUrl, printCounts, whole } from './event-store-log.ts';
import { nothingWrong, Witness } from './event-store-witness.ts';

const restarts = whole ? 5 : 1;
const lanesAtOnce = 64;
/** Answered before the first kill, and after each. */
const progress = 1_000;

/** Without our own variables: a KurrentDB takes each that begins with its name for one of its options. */
const environment = Object.fromEntries(
  Object.entries(process.env).filter(([name]) => !name.startsWith('KURRENTDB_')),
);

const restart = async (command: string): Promise<void> => {
  const [code] = await once(spawn('sh', ['-c', command], { stdio: 'ignore', env: environment }), 'exit');
  if (code !== 0) throw new Error(`"${command}" ended with ${code}.`);
};

const prove = async (url: string, command: string): Promise<void> => {
  const run = `run${v7().replaceAll('-', '')}`;
  const lanes = Array.from({ length: lanesAtOnce }, (_, n) => newLane(`${run}-${n}`));
  const appender = new Appender(url, lanes);
  try {
    await appender.until(progress);
    for (let n = 0; n < restarts; n++) {
      await restart(command);
      await appender.until(appender.answered.length + progress);
    }
    await appender.stop();
  } finally {
    await appender.kill();
  }
  expect(lanes.filter(({ open }) => open !== undefined)).toEqual([]);
  const witness = new Witness(false, [`${run}-`]);
  const store = await openEventStore(url);
  await witness.look(store, appender.answered, []);
  await store.close();
  const codes = Map.groupBy(appender.failures, (failure) => failure.slice(0, failure.indexOf(':')));
  const failures = Object.fromEntries([...codes].map(([code, all]) => [code, all.length]));
  printCounts(`KurrentDB killed and restarted, ${restarts} times`, { ...witness.counts, ...failures });
  expect(witness.counts).toMatchObject({
    answered: appender.answered.length,
    ...nothingWrong,
  });
  for (const code of codes.keys()) expect(['outcome_unknown', 'unavailable']).toContain(code);
};

it(kurrentUrl && kurrentRestart
  ? 'KurrentDB is killed with kill -9 and restarted under appends at full speed: nothing lost or doubled'
  : 'kill -9 of a KurrentDB: not run, KURRENTDB_URL and KURRENTDB_RESTART are not both set', {
  timeout: 600_000,
}, async () => {
  if (kurrentUrl && kurrentRestart) await prove(kurrentUrl, kurrentRestart);
  else console.log('kill -9 of a KurrentDB: not run, KURRENTDB_URL and KURRENTDB_RESTART are not both set');
});
