import { readFileSync, writeSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { EventStoreError, openEventStore } from '@carat/event-store';
import { goOn, type Lane, type Line, nextAppend, writesOf } from './event-store-appends.ts';

/**
 * A process that appends at full speed: `event-store-appender.fixture.ts <address>`, its lanes on standard
 * input. It says what it sends before it does, and what was answered, on standard output; an append that
 * failed it sends again as it was. At SIGTERM it ends once all is answered.
 */
const retryPauseMs = 20;

let lines: string[] = [];
/** Written in one go at the end of the turn, which is before anything of it is committed. */
const say = (line: Line): void => {
  if (lines.push(JSON.stringify(line)) > 1) return;
  process.nextTick(() => {
    writeSync(1, `${lines.join('\n')}\n`);
    lines = [];
  });
};

const lanes: Lane[] = JSON.parse(readFileSync(0, 'utf8'));
const store = await openEventStore(process.argv[2] ?? '');
let told = false;
process.once('SIGTERM', () => {
  told = true;
});

const run = async (lane: Lane, number: number): Promise<void> => {
  while (!told || lane.open !== undefined) {
    if (lane.open === undefined) {
      lane.open = nextAppend(lane);
      say({ lane: number, sent: lane.open });
    }
    try {
      const answered = await store.append(writesOf(lane.open));
      say({ lane: number, answered });
      goOn(lane, answered);
    } catch (error) {
      if (!(error instanceof EventStoreError)) throw error;
      say({ lane: number, failed: `${error.code}: ${error.message}` });
      await pause(retryPauseMs);
    }
  }
};

say({ ready: true });
await Promise.all(lanes.map(run));
await store.close();
