import { limits, type Position, type StoredEvent } from '@carat/event-store';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cutRuns } from './runs.ts';

/** A log of one event for each name, in this order; `fillers` are sizes of their data. */
const logOf = (streams: readonly string[], fillers: readonly number[] = []): StoredEvent[] => {
  const revisions = new Map<string, number>();
  return streams.map((stream, place) => {
    const revision = (revisions.get(stream) ?? -1) + 1;
    revisions.set(stream, revision);
    const id = `00000000-0000-4000-8000-${String(place).padStart(12, '0')}`;
    const data = { text: 'é'.repeat(fillers[place] ?? 0) };
    const position = String(place + 1) as Position;
    return { id, type: 'Happened', data, stream, revision, position, created: 1 };
  });
};

const shape = (events: readonly StoredEvent[]): string[] =>
  cutRuns(events).map((run) => run.map(({ stream, events: its }) => `${stream}×${its.length}`).join(' '));

describe('cutting a log into appends', () => {
  it('keeps events of one stream that follow each other together', () => {
    expect(shape(logOf(['a', 'a', 'b', 'c', 'c']))).toEqual(['a×2 b×1 c×2']);
  });

  it('begins anew where a stream comes back after others', () => {
    expect(shape(logOf(['a', 'b', 'a', 'a', 'b', 'c']))).toEqual(['a×1 b×1', 'a×2 b×1 c×1']);
  });

  it('keeps streams apart whose names differ in case only', () => {
    expect(shape(logOf(['Tom', 'tom', 'Tom']))).toEqual(['Tom×1', 'tom×1', 'Tom×1']);
  });

  it('begins anew at every limit of the store', () => {
    const { maxAppendStreams, maxAppendEvents, maxAppendBytes } = limits;
    const names = Array.from({ length: maxAppendStreams + 1 }, (_, n) => `s-${n}`);
    expect(cutRuns(logOf(names)).map((run) => run.length)).toEqual([maxAppendStreams, 1]);
    const one = Array.from({ length: maxAppendEvents + 1 }, () => 'a');
    expect(shape(logOf(one))).toEqual([`a×${maxAppendEvents}`, 'a×1']);
    const half = Math.floor(maxAppendBytes / 4);
    expect(shape(logOf(['a', 'b'], [half - 20, half - 20]))).toEqual(['a×1 b×1']);
    expect(shape(logOf(['a', 'b'], [half, half]))).toEqual(['a×1', 'b×1']);
  });

  it('says where each stream must stand, also from the middle of a log on', () => {
    const [, ...rest] = logOf(['a', 'a', 'b']);
    expect(cutRuns(rest)[0]?.map(({ expected }) => expected)).toEqual([0, 'no_stream']);
  });

  it('leaves it to the store to refuse a stream that lacks events', () => {
    const [first, , third] = logOf(['a', 'a', 'a']);
    expect(cutRuns([first!, third!]).map((run) => run.map(({ expected }) => expected))).toEqual([
      ['no_stream'],
      [1],
    ]);
  });

  it('has nothing to do for no events', () => {
    expect(cutRuns([])).toEqual([]);
  });

  const logs = fc
    .array(
      fc.record({
        stream: fc.oneof(
          fc.constantFrom('a', 'b', 'A'),
          fc.integer({ max: 150, min: 0 }).map((n) => `w-${n}`),
        ),
        times: fc.oneof({ weight: 5, arbitrary: fc.constant(1) }, fc.integer({ min: 1, max: 700 })),
        filler: fc.oneof(
          { weight: 20, arbitrary: fc.constant(5) },
          fc.integer({ min: 0, max: limits.maxEventBytes / 2 - 20 }),
        ),
      }),
      { maxLength: 150 },
    )
    .map((parts) =>
      logOf(
        parts.flatMap(({ stream, times }) => Array<string>(times).fill(stream)),
        // Only the first of a repetition is large, so that logs stay small.
        parts.flatMap(({ times, filler }) => [filler, ...Array<number>(times - 1).fill(0)]),
      ),
    );

  it('keeps order, limits and expectations for any log, and cuts no sooner than it must', () => {
    fc.assert(
      fc.property(logs, (log) => {
        const runs = cutRuns(log);
        const flat = runs.flat().flatMap((write) => {
          const first = write.expected === 'no_stream' ? 0 : write.expected + 1;
          return write.events.map((event, n) => ({ ...event, stream: write.stream, revision: first + n }));
        });
        expect(flat).toEqual(log.map(({ position: _, created: __, ...event }) => event));
        const places = runs.map((run) => sizeOf(run));
        let end = 0;
        for (const { events, streams, names, bytes } of places) {
          expect(events).toBeLessThanOrEqual(limits.maxAppendEvents);
          expect(streams).toBeLessThanOrEqual(limits.maxAppendStreams);
          expect(bytes).toBeLessThanOrEqual(limits.maxAppendBytes);
          expect(names.size).toBe(streams);
          end += events;
          const next = log[end];
          if (next === undefined) continue;
          const hasRoom =
            events < limits.maxAppendEvents &&
            bytes + bytesOf(next) <= limits.maxAppendBytes &&
            (log[end - 1]!.stream === next.stream ||
              (streams < limits.maxAppendStreams && !names.has(next.stream.toLowerCase())));
          expect(hasRoom).toBe(false);
        }
      }),
      { numRuns: 60 },
    );
  });
});

const bytesOf = ({ data }: { data: unknown }): number => Buffer.byteLength(JSON.stringify(data));

const sizeOf = (run: ReturnType<typeof cutRuns>[number]) => {
  const events = run.flatMap((write) => write.events);
  const names = new Set(run.map(({ stream }) => stream.toLowerCase()));
  const bytes = events.reduce((sum, event) => sum + bytesOf(event), 0);
  return { events: events.length, streams: run.length, names, bytes };
};
