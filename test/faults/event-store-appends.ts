import { randomUUID } from 'node:crypto';
import type { AppendResult, Expected, NewEvent, StreamWrite } from '@carat/event-store';

/** An append as it was sent: by it the very same can be sent again, by another process too. */
export type Sent = {
  readonly append: string;
  readonly streams: readonly {
    readonly stream: string;
    readonly expected: Expected;
    readonly ids: string[];
  }[];
};

/** One after the other appends to the streams of its lane, each at the revision that the one before left. */
export type Lane = {
  readonly name: string;
  /** Revision of the last event of `<name>` and `<name>-beside`. */
  own: Expected;
  beside: Expected;
  turns: number;
  /** Sent, and not answered yet. */
  open: Sent | undefined;
};

/** What the appending process says, a line each, before an append goes out and after it was answered. */
export type Line =
  | { readonly ready: true }
  | { readonly lane: number; readonly sent: Sent }
  | { readonly lane: number; readonly answered: AppendResult }
  | { readonly lane: number; readonly failed: string };

const filler = 'x'.repeat(150);

export const newLane = (name: string): Lane => ({
  name,
  own: 'no_stream',
  beside: 'no_stream',
  turns: 0,
  open: undefined,
});

const ids = (count: number): string[] => Array.from({ length: count }, () => randomUUID());

/** Appends of one event and of several, to one stream and to several, some of them new. */
export const nextAppend = (lane: Lane): Sent => {
  const own = (count: number) => ({ stream: lane.name, expected: lane.own, ids: ids(count) });
  const beside = { stream: `${lane.name}-beside`, expected: lane.beside, ids: ids(1) };
  const append = randomUUID();
  const once = { stream: `${lane.name}-once-${append}`, expected: 'no_stream' as const, ids: ids(1) };
  const kinds = [[own(1)], [own(3)], [once, own(1)], [own(2), beside], [own(1), beside, once]];
  return { append, streams: kinds[lane.turns % kinds.length]! };
};

/** The events of an append: what they carry tells from the log alone whether it is there whole. */
export const eventsOf = ({ append, streams }: Sent): NewEvent[] => {
  const all = streams.flatMap((write) => write.ids);
  return all.map((id, place) => ({ id, type: 'Happened', data: { append, place, of: all.length, filler } }));
};

export const writesOf = (sent: Sent): StreamWrite[] => {
  const events = eventsOf(sent);
  return sent.streams.map(({ stream, expected, ids }) => ({
    stream,
    expected,
    events: events.splice(0, ids.length),
  }));
};

/** Takes an answer into account. Nobody else appends to the streams of a lane, so there is no conflict. */
export const goOn = (lane: Lane, answered: AppendResult): void => {
  if (!answered.appended)
    throw new Error(`A conflict on ${lane.name}: ${JSON.stringify(answered.conflicts)}`);
  for (const [n, { stream }] of lane.open!.streams.entries()) {
    if (stream === lane.name) lane.own = answered.revisions[n]!;
    if (stream === `${lane.name}-beside`) lane.beside = answered.revisions[n]!;
  }
  lane.open = undefined;
  lane.turns += 1;
};
