import fc from 'fast-check';
import type { AppendResult, StoredEvent, StreamWrite } from '../port.ts';
import { type Capabilities, newEvents, write } from './fixtures.ts';
import type { Model, ModelEvent } from './model.ts';

export const streamNames = ['a-1', 'a-2', 'b-1', 'B-1'] as const;

/** Where a write expects its stream: where it is, or so far off. */
export type Aim = { readonly stream: string; readonly off: number; readonly events: number };

/** One append's aims: the streams of `names` it writes to, each once, most of them expected rightly. */
export const aimsAt = (
  names: readonly string[],
  { casesInOneAppend }: Capabilities,
): fc.Arbitrary<readonly Aim[]> =>
  fc.uniqueArray(
    fc.record({
      stream: fc.constantFrom(...names),
      off: fc.oneof({ weight: 5, arbitrary: fc.constant(0) }, fc.integer({ min: -4, max: 2 })),
      events: fc.integer({ min: 1, max: 12 }),
    }),
    {
      minLength: 1,
      maxLength: 3,
      selector: ({ stream }) => (casesInOneAppend ? stream : stream.toLowerCase()),
    },
  );

/** @param lengthOf how many events a stream is thought to have */
export const toWrites = (lengthOf: (stream: string) => number, aims: readonly Aim[]): StreamWrite[] =>
  aims.map(({ stream, off, events }) => {
    const expected = lengthOf(stream) - 1 + off;
    return write(stream, expected < 0 ? 'no_stream' : expected, newEvents(events));
  });

/** An append sent before: as it was, only the first half of it, or from so far on with another event. */
export const toRepetition = (sent: readonly StreamWrite[], cut: number): StreamWrite[] =>
  sent.map(({ stream, expected, events }) => {
    if (cut === 0) return { stream, expected, events };
    if (cut === 1) return { stream, expected, events: events.slice(0, Math.ceil(events.length / 2)) };
    return { stream, expected, events: [...events.slice(0, cut - 2), ...newEvents(1)] };
  });

/** What a model knows of an answer. */
export const withoutPosition = (result: AppendResult): unknown => {
  if (!result.appended) return result;
  const { position: _, ...answer } = result;
  return answer;
};

/** What a model knows of events. */
export const plain = (events: readonly (StoredEvent | ModelEvent)[]): unknown[] =>
  events.map(({ id, type, data, stream, revision }) => ({ id, type, data, stream, revision }));

/** The first events that a log must show of a model's log, or of what of it begins with a prefix. */
export const matching = (model: Model, prefix = '', from = 0): unknown[] =>
  plain(model.log.slice(from).filter(({ stream }) => stream.startsWith(prefix)));
