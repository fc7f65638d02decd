import { fork } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { openEventStore } from '@carat/event-store';
import { newId } from './event-store-events.ts';
import { quantile } from './quantiles.ts';
import type { Pair } from './rounds.ts';

const sends = 600;
const droppedSends = 50;
/** Between two sends, so that each comes alone. */
const pauseMs = 4;
const maxP99Ms = 15;
const maxMissingMs = 5_000;

/** Sends one after the other, and hears from another process when each was seen there. @returns all, in ms */
const hear = async (
  kind: 'log' | 'file',
  path: string,
  send: (n: number) => Promise<unknown> | unknown,
): Promise<number[]> => {
  const listener = fork(join(import.meta.dirname, 'event-store-listener.ts'), [kind, path]);
  await once(listener, 'message');
  const latencies: number[] = [];
  const { promise: all, resolve } = Promise.withResolvers<void>();
  listener.on('message', ({ ms }: { ms: number }) => {
    if (latencies.push(ms) >= sends) resolve();
  });
  for (let n = 0; n < sends; n++) {
    await send(n);
    await pause(pauseMs * (0.5 + Math.random()));
  }
  await Promise.race([all, pause(maxMissingMs, undefined, { ref: false })]);
  listener.disconnect();
  await once(listener, 'exit');
  return latencies.slice(droppedSends);
};

const sentAt = (): string => String(process.hrtime.bigint());

const throughLog = async (file: string): Promise<number[]> => {
  const store = await openEventStore(`sqlite:${file}`);
  const stream = `wallet-${newId()}`;
  const heard = await hear('log', `sqlite:${file}`, (n) => {
    const events = [{ id: newId(), type: 'Happened', data: { sentAt: sentAt() } }];
    return store.append([{ stream, expected: n === 0 ? 'no_stream' : n - 1, events }]);
  });
  await store.close();
  if (heard.length < sends - droppedSends) throw new Error(`Only ${heard.length} appends were seen.`);
  return heard;
};

const throughFile = async (file: string): Promise<number[]> => {
  const descriptor = openSync(file, 'w');
  const heard = await hear('file', file, () => writeSync(descriptor, sentAt(), 0));
  closeSync(descriptor);
  return heard;
};

/** From the call of an append until another process has read it, once told that there is more. */
export const latencyPairs = (folder: string): Pair[] =>
  [0.5, 0.99].map((q) => ({
    what: `append seen by another process, p${q * 100}`,
    unit: 'ms',
    ours: async () => quantile(Float64Array.from(await throughLog(join(folder, 'seen.db'))).sort(), q),
    reference: async () => quantile(Float64Array.from(await throughFile(join(folder, 'ping'))).sort(), q),
    against: 'a written file, watched',
    budget: q === 0.99 ? { most: maxP99Ms } : undefined,
  }));
