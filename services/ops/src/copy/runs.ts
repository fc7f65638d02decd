import { limits, type StoredEvent, type StreamWrite } from '@carat/event-store';

type Write = { stream: string; expected: StreamWrite['expected']; events: StoredEvent[] };

/**
 * Cuts events that follow each other in a log into appends that, made one after the other, leave the same
 * order behind. An append stores its writes in their order and each stream's events together, and names a
 * stream once: so an append ends where a stream comes back after others, or where a limit of the store is
 * reached. Names that differ in case only are kept apart too: not every store tells them apart within one
 * append.
 */
export const cutRuns = (events: readonly StoredEvent[]): StreamWrite[][] => {
  const runs: Write[][] = [];
  let run: Write[] = [];
  let named = new Set<string>();
  let count = 0;
  let bytes = 0;
  for (const event of events) {
    const size = Buffer.byteLength(JSON.stringify(event.data));
    const name = event.stream.toLowerCase();
    const last = run.at(-1);
    const goesOn = last !== undefined && follows(last, event);
    const isFull = count >= limits.maxAppendEvents || bytes + size > limits.maxAppendBytes;
    const fits = goesOn || (!named.has(name) && run.length < limits.maxAppendStreams);
    if (run.length === 0 || isFull || !fits) {
      run = [writeFrom(event)];
      runs.push(run);
      named = new Set([name]);
      [count, bytes] = [0, 0];
    } else if (goesOn) {
      last.events.push(event);
    } else {
      run.push(writeFrom(event));
      named.add(name);
    }
    count += 1;
    bytes += size;
  }
  return runs.map((writes) => writes.map(asNew));
};

const follows = ({ stream, events }: Write, event: StoredEvent): boolean =>
  stream === event.stream && events.at(-1)?.revision === event.revision - 1;

const writeFrom = (event: StoredEvent): Write => ({
  stream: event.stream,
  expected: event.revision === 0 ? 'no_stream' : event.revision - 1,
  events: [event],
});

const asNew = ({ stream, expected, events }: Write): StreamWrite => ({
  stream,
  expected,
  events: events.map(({ id, type, data }) => ({ id, type, data })),
});
