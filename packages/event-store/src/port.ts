/**
 * What an event carries: a JSON object. Integers stay within 2^53; larger numbers and money travel as
 * strings.
 */
export type JsonObject = { readonly [key: string]: unknown };

/** Number of an event within its stream, from 0, gapless. */
export type Revision = number;

/**
 * Place of an event in one store's log: decimal digits, ordered by `comparePositions`, opaque otherwise.
 * It means nothing in another store, so no event ever holds one.
 */
export type Position = string & { readonly __position: true };

/** The revision a stream must be at for an append to go through: that of its last event, or none at all. */
export type Expected = Revision | 'no_stream';

export type NewEvent = {
  /** UUID, unique per place only; a retry sends the same ids again. */
  readonly id: string;
  /** 1..100 characters of `[A-Za-z0-9_.:-]`. */
  readonly type: string;
  readonly data: JsonObject;
};

export type StoredEvent = NewEvent & {
  readonly stream: string;
  readonly revision: Revision;
  readonly position: Position;
  /** The store's clock at the append, in ms since 1970. Domain time belongs into `data`. */
  readonly created: number;
};

/** What one append does to one stream. Names: 1..200 characters of `[A-Za-z0-9_.:-]`, `category-id`. */
export type StreamWrite = {
  readonly stream: string;
  readonly expected: Expected;
  readonly events: readonly NewEvent[];
};

export type StreamConflict = {
  readonly stream: string;
  readonly expected: Expected;
  readonly actual: Expected;
};

export type AppendResult =
  | {
      readonly appended: true;
      /** As of this position the append is visible; at or after the position of its last event. */
      readonly position: Position;
      /** Revision of the last event written to each stream, in the order of the writes. */
      readonly revisions: readonly Revision[];
    }
  /** Nothing was written. Names every stream that is not where it was expected. */
  | { readonly appended: false; readonly conflicts: readonly StreamConflict[] };

export type StreamRead = {
  /** Where to begin, inclusive. Default: the beginning forwards, the end backwards. */
  readonly from?: Revision;
  readonly direction?: 'forwards' | 'backwards';
  readonly limit: number;
};

export type StreamPage =
  | { readonly exists: false }
  | {
      readonly exists: true;
      readonly events: readonly StoredEvent[];
      /** Revision of the stream's last event. */
      readonly last: Revision;
    };

export type LogRead = {
  /** Exclusive; from the start of the log where it is missing. */
  readonly after?: Position | undefined;
  /** Only streams whose names begin with one of these, case-sensitive; all where it is missing. */
  readonly prefixes?: readonly string[];
  /**
   * How many events of the log to look at, at most; so a narrow filter reads in bounded steps too. A page of
   * large events may end sooner (`limits.maxPageBytes`): go on after its `upTo`.
   */
  readonly limit: number;
};

export type LogPage = {
  readonly events: readonly StoredEvent[];
  /** Everything up to here has been looked at, also what the filter left out: read on after it. */
  readonly upTo: Position | undefined;
  /** True where nothing more was in the log when the page was read. */
  readonly atHead: boolean;
};

/** The last event of a log: by both together a process knows whether the log is still the one it was. */
export type LogEnd = { readonly position: Position; readonly id: string; readonly created: number };

/**
 * The log of events: the only truth. Every adapter passes the whole suite of `laws.ts`.
 *
 * Laws in short: a stream's revisions are gapless; an append is visible whole or not at all, in stream reads,
 * log reads and after a crash; the order of the log is the order of commits, never changes, and nothing ever
 * appears below a position already read; what `append` has answered, every later read through any port sees,
 * and a crash does not lose; what is read is what was written, or it is not handed on. The same append sent
 * again, same streams, revisions and ids, answers what it answered the first time, except that its position
 * may be a later one.
 */
export interface EventStore {
  /**
   * Appends to one or more streams, all or nothing, each stream named once. Concurrent appends are committed
   * in groups, each with its own outcome.
   * @throws EventStoreError `invalid_input` or `too_large` before any I/O; `unavailable` where certainly
   * nothing was written; `outcome_unknown` where nobody can tell: send the very same append again.
   */
  append(writes: readonly StreamWrite[]): Promise<AppendResult>;

  /**
   * A page of one stream, whole or not at all. Reading from beyond its end is a page without events.
   * @throws EventStoreError `damaged` where any event of the page is not what was written, or not there
   */
  readStream(stream: string, read: StreamRead): Promise<StreamPage>;

  /**
   * A page of the log, in order. It ends before what is damaged; the read that would begin there throws.
   * @throws EventStoreError `damaged` with `readOnAfter`
   */
  readAll(read: LogRead): Promise<LogPage>;

  /** The last event of the log, or undefined while there is none. @throws EventStoreError */
  head(): Promise<LogEnd | undefined>;

  /**
   * The id of the event at a position, or undefined where none is: the log was swapped.
   * @throws EventStoreError
   */
  eventAt(position: Position): Promise<string | undefined>;

  /**
   * Calls `listener` soon after (embedded: within about 10 ms) the log has grown, whoever appended. It may be
   * called once for many appends, and without any; it is never the only call for an append that a listener
   * has not been told of.
   * @returns how to stop listening.
   */
  onMore(listener: () => void): () => void;

  /** Running appends settle, listeners are dropped, no timers stay behind. */
  close(): Promise<void>;
}

export type EventStoreErrorCode =
  | 'invalid_input'
  | 'too_large'
  | 'unavailable'
  | 'outcome_unknown'
  | 'not_a_log'
  /**
   * Something in the log is not what was written: altered, taken out or put in by another hand. It is never
   * handed on; the message says what, and where.
   */
  | 'damaged'
  | 'closed';

export type EventStoreErrorOptions = ErrorOptions & { readonly readOnAfter?: Position };

/** Everything that an event store throws. Decide by `code`; the message is one sentence for an operator. */
export class EventStoreError extends Error {
  readonly code: EventStoreErrorCode;
  /** Of what `readAll` found damaged: reading on after this position passes it over, for who looks on. */
  readonly readOnAfter: Position | undefined;
  constructor(code: EventStoreErrorCode, message: string, options?: EventStoreErrorOptions) {
    super(message, options);
    this.name = 'EventStoreError';
    this.code = code;
    this.readOnAfter = options?.readOnAfter;
  }
}

/** Limits that every adapter keeps, refused before any I/O. */
export const limits = {
  maxStreamNameChars: 200,
  maxTypeChars: 100,
  maxEventBytes: 256 * 1024,
  maxAppendBytes: 900 * 1024,
  maxAppendEvents: 500,
  maxAppendStreams: 100,
  maxDataDepth: 32,
  maxReadEvents: 10_000,
  /** A page of the log ends early, before its limit of events, once it holds more than this much data. */
  maxPageBytes: 16 * 1024 * 1024,
  maxPrefixes: 20,
} as const;

/** Orders two positions of the same store: negative, zero or positive. */
export const comparePositions = (a: Position, b: Position): number =>
  a.length - b.length || (a < b ? -1 : a > b ? 1 : 0);

/** Takes up a position that was stored or sent. @throws EventStoreError `invalid_input` */
export const parsePosition = (text: string): Position => {
  if (!/^(0|[1-9]\d{0,19})$/.test(text))
    throw new EventStoreError('invalid_input', `"${text}" is no position.`);
  return text as Position;
};
