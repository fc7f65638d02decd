import { randomUUID } from 'node:crypto';
import {
  type EventStore,
  EventStoreError,
  openEventStore,
  type Position,
  type StoredEvent,
} from '@carat/event-store';
import { readPages } from './event-store-log.ts';

/** Everything that an undamaged log answers, as text, which is quick to compare. */
export type Truth = {
  readonly events: readonly StoredEvent[];
  readonly log: string;
  readonly streams: ReadonlyMap<string, { readonly forwards: string; readonly backwards: string }>;
};

/** How an attempt on a damaged copy went. Everything `wrong` says what was. */
export type Verdict =
  | { readonly is: 'whole' | 'refused' | 'partly refused' | 'shorter, reported' }
  | { readonly is: 'wrong'; what: string };

const maxEvents = 10_000;
const shownChars = 100;
/** One of so many events is asked for by its position in a trial, others in the next. */
const eventsPerTrial = 10;
/** One of so many trials appends, too. */
const appendingTrials = 8;
const wholeStream = (events: readonly StoredEvent[]): string =>
  JSON.stringify({ exists: true, events, last: events.length - 1 });

/** What a log with these events must answer. */
export const truthOf = (events: readonly StoredEvent[]): Truth => ({
  events,
  log: JSON.stringify(events),
  streams: new Map(
    [...Map.groupBy(events, ({ stream }) => stream)].map(([name, own]) => [
      name,
      { forwards: wholeStream(own), backwards: wholeStream([...own].reverse()) },
    ]),
  ),
});

export const readLog = async (store: EventStore): Promise<StoredEvent[]> => {
  const log: StoredEvent[] = [];
  for await (const events of readPages(store)) log.push(...events);
  return log;
};

/** Where an answer is not the right one, and what it says there. */
const differing = (answer: string, right: unknown): string => {
  if (typeof right !== 'string') return answer;
  let at = 0;
  while (at < right.length && answer[at] === right[at]) at += 1;
  const from = Math.max(0, at - shownChars / 2);
  return `at ${at} …${answer.slice(from, from + shownChars)}… for …${right.slice(from, from + shownChars)}…`;
};

/** Asks a store questions, of which each is answered right, or refused with an error of the port. */
export class Questions {
  refused = 0;
  asked = 0;
  wrong: string | undefined;

  async ask(
    what: string,
    answer: Promise<unknown>,
    right: string | ((answer: string) => boolean),
  ): Promise<void> {
    this.asked += 1;
    try {
      const text = JSON.stringify(await answer) ?? 'undefined';
      const isRight = typeof right === 'string' ? text === right : right(text);
      if (!isRight) this.wrong ??= `${what}: ${differing(text, right)}`;
    } catch (error) {
      this.refused += 1;
      if (!(error instanceof EventStoreError)) this.wrong ??= `${what}: ${String(error)}`;
      else if (error.code !== 'damaged' && error.code !== 'not_a_log' && error.code !== 'unavailable') {
        this.wrong ??= `${what}: ${error.code}, ${error.message}`;
      }
    }
  }
}

/**
 * Reads all that there is, by every read of the port: streams in one direction, the one in every other trial.
 */
export const askAll = async (
  store: EventStore,
  { events, log, streams }: Truth,
  questions: Questions,
  trial: number,
): Promise<void> => {
  const last = events.at(-1);
  const end = last && JSON.stringify({ position: last.position, id: last.id, created: last.created });
  await questions.ask('the log', readLog(store), log);
  await questions.ask('the head', store.head(), end ?? 'undefined');
  const direction = trial % 2 === 0 ? 'forwards' : 'backwards';
  for (const [name, pages] of streams) {
    const read = store.readStream(name, { limit: maxEvents, direction });
    await questions.ask(`${name} ${direction}`, read, pages[direction]);
  }
  for (let n = trial % eventsPerTrial; n < events.length; n += eventsPerTrial) {
    const { position, id } = events[n]!;
    await questions.ask(`the event at ${position}`, store.eventAt(position), `"${id}"`);
  }
  await questions.ask('no stream', store.readStream('never-was', { limit: 1 }), '{"exists":false}');
};

/** Appends at a place that is taken, repeats an append, and makes a new one. */
const askToAppend = async (store: EventStore, { events }: Truth, questions: Questions): Promise<void> => {
  const { stream, revision, id, type, data } = events.at(-1)!;
  const expected = revision === 0 ? ('no_stream' as const) : revision - 1;
  const stale = store.append([{ stream, expected, events: [{ id: randomUUID(), type, data }] }]);
  const conflicts = [{ stream, expected, actual: revision }];
  await questions.ask('a stale append', stale, JSON.stringify({ appended: false, conflicts }));
  const same = store.append([{ stream, expected, events: [{ id, type, data }] }]);
  const again = { appended: true, position: events.at(-1)!.position, revisions: [revision] };
  await questions.ask('an append repeated', same, JSON.stringify(again));
  const added = { id: randomUUID(), type, data };
  const position = String(events.length + 1) as Position;
  const fresh = store.append([{ stream, expected: revision, events: [added] }]);
  const appended = { appended: true, position, revisions: [revision + 1] };
  await questions.ask('a new append', fresh, JSON.stringify(appended));
  // What was refused is not there, and what was answered is.
  const after = store.readAll({ after: events.at(-1)!.position, limit: maxEvents });
  await questions.ask('what was appended', after, (text) => {
    const found = (JSON.parse(text) as { events: StoredEvent[] }).events;
    return found.every((event) => event.id === added.id && event.position === position);
  });
};

/** Opens a log that may be damaged, which the port may refuse, and has it judged. */
export const judgeOpened = async (
  url: string,
  judge: (store: EventStore) => Promise<Verdict>,
): Promise<Verdict> => {
  let store: EventStore;
  try {
    store = await openEventStore(url);
  } catch (error) {
    if (error instanceof EventStoreError) return { is: 'refused' };
    return { is: 'wrong', what: `opening: ${String(error)}` };
  }
  try {
    return await judge(store);
  } finally {
    await store.close();
  }
};

/**
 * Opens a log that may be damaged and asks for all of it: each answer is the truth, or an error of the port.
 * @param trial its number: not every trial asks for the same
 */
export const examine = (url: string, truth: Truth, trial: number): Promise<Verdict> =>
  judgeOpened(url, async (store) => {
    const questions = new Questions();
    await askAll(store, truth, questions, trial);
    if (trial % appendingTrials === 0) await askToAppend(store, truth, questions);
    const { wrong, refused, asked } = questions;
    if (wrong !== undefined) return { is: 'wrong', what: wrong };
    return { is: refused === 0 ? 'whole' : refused === asked ? 'refused' : 'partly refused' };
  });
