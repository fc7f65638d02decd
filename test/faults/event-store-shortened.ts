import { randomUUID } from 'node:crypto';
import { type EventStore, EventStoreError, type StoredEvent } from '@carat/event-store';
import {
  askAll,
  judgeOpened,
  Questions,
  readLog,
  type Truth,
  truthOf,
  type Verdict,
} from './event-store-truth.ts';

/** One of so many trials goes on appending until the place of the checkpoint is taken again. */
const appendingTrials = 16;
const maxAppendEvents = 500;

/** Truths of the beginnings of one log, by their length. */
const beginnings = new Map<number, Truth>();

const beginningOf = (truth: Truth, length: number): Truth => {
  const known = beginnings.get(length) ?? truthOf(truth.events.slice(0, length));
  beginnings.set(length, known);
  return known;
};

/** Whether an append ends with this event. */
const isLastOfAppend = (event: StoredEvent | undefined): boolean => {
  const { place, of } = (event?.data ?? {}) as { place?: number; of?: number };
  return place === undefined || place + 1 === of;
};

/** Whether somebody who had come to the end of the whole log still finds there what it knew. */
const isConfirmed = async (store: EventStore, { position, id }: StoredEvent): Promise<boolean> => {
  try {
    return (await store.eventAt(position)) === id;
  } catch (error) {
    if (error instanceof EventStoreError) return false;
    throw error;
  }
};

/** Appends, as if nothing had happened, until the log is as long as it was. */
const appendAsFarAs = async (store: EventStore, from: number, to: number): Promise<void> => {
  const stream = 'after-damage';
  for (let at = from; at < to; at += maxAppendEvents) {
    const count = Math.min(maxAppendEvents, to - at);
    const events = Array.from({ length: count }, () => ({ id: randomUUID(), type: 'Happened', data: {} }));
    await store.append([{ stream, expected: at === from ? 'no_stream' : at - from - 1, events }]);
  }
};

const judge = async (store: EventStore, truth: Truth, trial: number): Promise<Verdict> => {
  let log: readonly StoredEvent[];
  try {
    log = await readLog(store);
  } catch (error) {
    if (error instanceof EventStoreError) return { is: 'refused' };
    return { is: 'wrong', what: `the log: ${String(error)}` };
  }
  const beginning = beginningOf(truth, log.length);
  if (JSON.stringify(log) !== beginning.log) return { is: 'wrong', what: 'an event was altered' };
  if (!isLastOfAppend(log.at(-1)))
    return { is: 'wrong', what: `an append ends at ${log.length} in the midst` };
  const questions = new Questions();
  await askAll(store, beginning, questions, trial);
  for (const name of truth.streams.keys()) {
    if (beginning.streams.has(name)) continue;
    await questions.ask(`${name}, lost`, store.readStream(name, { limit: 1 }), '{"exists":false}');
  }
  if (questions.wrong) return { is: 'wrong', what: `${log.length} events, ${questions.wrong}` };
  const isWhole = log.length === truth.events.length;
  const checkpoint = truth.events.at(-1)!;
  if ((await isConfirmed(store, checkpoint)) !== isWhole) {
    return {
      is: 'wrong',
      what: `the checkpoint at ${checkpoint.position} of ${log.length} is not told right`,
    };
  }
  if (questions.refused > 0) return { is: 'partly refused' };
  if (isWhole) return { is: 'whole' };
  if (trial % appendingTrials === 0) {
    await appendAsFarAs(store, log.length, truth.events.length);
    if (await isConfirmed(store, checkpoint)) return { is: 'wrong', what: 'the checkpoint came back' };
  }
  return { is: 'shorter, reported' };
};

/**
 * Opens a log whose write-ahead log may be damaged: it may have become shorter, by whole appends from its
 * end, and is never another; that it is shorter shows to who remembers where it ended.
 */
export const examineShortened = (url: string, truth: Truth, trial: number): Promise<Verdict> =>
  judgeOpened(url, (store) => judge(store, truth, trial));
