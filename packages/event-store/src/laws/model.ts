import type { AppendResult, Expected, NewEvent, StreamConflict, StreamWrite } from '../port.ts';

export type ModelEvent = NewEvent & { readonly stream: string; readonly revision: number };

/** What an append must answer, but for its position. */
export type ModelResult =
  | { readonly appended: true; readonly revisions: readonly number[] }
  | Extract<AppendResult, { appended: false }>;

/** An event store as its laws describe it: a list. */
export type Model = {
  readonly log: readonly ModelEvent[];
  append(writes: readonly StreamWrite[]): ModelResult;
  stream(name: string): readonly ModelEvent[];
};

export const createModel = (): Model => {
  const log: ModelEvent[] = [];
  const stream = (name: string): ModelEvent[] => log.filter((event) => event.stream === name);
  const last = (name: string): Expected => stream(name).at(-1)?.revision ?? 'no_stream';
  const next = ({ expected }: StreamWrite): number => (expected === 'no_stream' ? 0 : expected + 1);

  const isRepeated = (write: StreamWrite): boolean => {
    const there = stream(write.stream).slice(next(write), next(write) + write.events.length);
    return write.events.every((event, place) => there[place]?.id === event.id);
  };

  return {
    log,
    stream,
    append: (writes) => {
      const conflicts = writes.flatMap(({ stream: name, expected }): StreamConflict[] => {
        const actual = last(name);
        return actual === expected ? [] : [{ stream: name, expected, actual }];
      });
      const revisions = writes.map((write) => next(write) + write.events.length - 1);
      if (conflicts.length === 0) {
        for (const write of writes) {
          const first = next(write);
          log.push(
            ...write.events.map((event, place) => ({
              ...event,
              stream: write.stream,
              revision: first + place,
            })),
          );
        }
        return { appended: true, revisions };
      }
      const repeated = conflicts.length === writes.length && writes.every(isRepeated);
      return repeated ? { appended: true, revisions } : { appended: false, conflicts };
    },
  };
};
