import { status as codes, type ServerWritableStream } from '@grpc/grpc-js';
import { encodeEvent, encodeLastRevision, encodeMissing } from './encode.ts';
import type { Fault } from './faults.ts';
import { type Filter, filterOf } from './filters.ts';
import type { Log } from './log.ts';
import { failed, type Node, stillAlive, suffer } from './node.ts';
import { type LogRecord, tombstone } from './record.ts';
import { CallFailed, failureOf, invalid, streamDeleted } from './statuses.ts';
import { subscribe } from './subscribing.ts';
import { nameOf, streams } from './wire.ts';

export type ReadCall = ServerWritableStream<streams.ReadReq, Uint8Array>;
type Options = streams.ReadReq.Options;

/** Reads of a stream and of the log, and subscriptions. Source: server, Transport/Grpc/Streams.Read.cs */
export const read =
  (node: Node) =>
  async (call: ReadCall): Promise<void> => {
    try {
      const options = call.request.getOptions();
      if (!options) throw invalid('options are required');
      const leader = node.otherLeader();
      if (leader && call.metadata.get('requires-leader')[0] === 'true') {
        throw failureOf({ failure: 'not_leader', leader }, 'v1');
      }
      if (options.hasSubscription()) {
        await pour(node, call, subscribe(node, call, options), node.faults.subscriptions.take());
      } else {
        await pour(node, call, messagesOf(node.log, options), node.faults.reads.take());
      }
      call.end();
    } catch (error) {
      const { code } = failed(error);
      if (code === 0) call.end();
      else call.emit('error', failed(error));
    }
  };

/** Writes the messages as fast as the client takes them; a fault strikes after as many as it says. */
const pour = async (
  node: Node,
  call: ReadCall,
  messages: Iterable<Uint8Array> | AsyncIterable<Uint8Array>,
  fault: Fault | undefined,
): Promise<void> => {
  const caller = { peer: call.getPeer(), protocol: 'v1' } as const;
  let room: Promise<void> | undefined;
  let sent = 0;
  for await (const message of messages) {
    if (room) await room;
    await stillAlive(node.life);
    if (call.cancelled) return;
    if (fault && sent === (fault.afterMessages ?? 0)) await suffer(node, fault, caller);
    room = call.write(message) ? undefined : drained(call);
    sent++;
  }
  if (fault && sent <= (fault.afterMessages ?? 0)) await suffer(node, fault, caller);
};

const drained = (call: ReadCall): Promise<void> =>
  new Promise((resolve) => {
    const done = () => {
      call.off('drain', done);
      call.off('cancelled', done);
      resolve();
    };
    call.on('drain', done);
    call.on('cancelled', done);
  });

const messagesOf = (log: Log, options: Options): Iterable<Uint8Array> => {
  const backwards = options.getReadDirection() === streams.ReadReq.Options.ReadDirection.BACKWARDS;
  const limit = Number(options.getCount());
  return options.hasStream()
    ? streamMessages(log, options, backwards, limit)
    : logMessages(log, options, filterOf(options.getFilter()), backwards, limit);
};

/** Sources: server, Transport/Enumerators/Enumerator.ReadStreamForwards.cs and …Backwards.cs */
function* streamMessages(
  log: Log,
  options: Options,
  backwards: boolean,
  limit: number,
): Generator<Uint8Array> {
  if (limit === 0) throw unreadable();
  const selector = options.getStream()!;
  const name = nameOf(selector.getStreamIdentifier());
  const last = log.revisionOf(name);
  if (last === tombstone) throw streamDeleted(name);
  const first = log.firstRevision(name);
  if (last < 0 || log.isSoftDeleted(name)) {
    yield encodeMissing(name);
    return;
  }
  const start = selector.hasEnd() ? last : selector.hasStart() ? 0 : Number(selector.getRevision());
  const held = log.stream(name);
  const from = backwards ? held.findLastIndex((record) => record.revision <= start) : start;
  yield* take(walk(held, from, backwards), limit, ({ revision }) => revision >= first);
  if ((options.getControlOption()?.getCompatibility() ?? 0) >= 1) yield encodeLastRevision(last);
}

/**
 * Forwards from a position inclusive, backwards exclusive.
 * Source: server, Services/Storage/ReaderIndex/AllReader.cs `ReadAllEventsForwardInternal`, `…Backward…`.
 */
function* logMessages(
  log: Log,
  options: Options,
  filter: Filter,
  backwards: boolean,
  limit: number,
): Generator<Uint8Array> {
  const selector = options.getAll()!;
  if (limit === 0) throw unreadable();
  const position = selector.hasPosition() ? Number(selector.getPosition()!.getCommitPosition()) : undefined;
  const at = selector.hasStart() ? 0 : (position ?? log.end);
  if (position !== undefined && !isBoundary(log, position, backwards)) {
    throw unreadable();
  }
  const index = log.indexAt(at);
  yield* take(walk(log.records, backwards ? index - 1 : index, backwards), limit, filter);
}

/** How a read ends that the server falls over (measured on 26.0.3: the client takes it for unavailable). */
const unreadable = () => new CallFailed(codes.UNKNOWN, 'Unexpected ReadAllResult: InvalidPosition');

/** The server's positions are signed. */
const positionsEnd = 2 ** 63;

/**
 * Whether a read may begin at a position: that of a record, or the end of the log; forwards also beyond it.
 * Sources: server, TransactionLog/Chunks/TFChunkReader.cs, Services/Storage/StorageReaderWorker.All.cs
 */
export const isBoundary = (log: Log, position: number, backwards = false): boolean => {
  if (position >= positionsEnd) return false;
  if (position >= log.end) return position === log.end || !backwards;
  return position === 0 || log.records[log.indexAt(position)]?.position === position;
};

function* walk(records: readonly LogRecord[], from: number, backwards: boolean): Generator<LogRecord> {
  const step = backwards ? -1 : 1;
  for (let at = from; at >= 0 && at < records.length; at += step) yield records[at]!;
}

function* take(records: Iterable<LogRecord>, limit: number, wanted: Filter): Generator<Uint8Array> {
  let taken = 0;
  for (const record of records) {
    if (taken === limit) return;
    if (!wanted(record)) continue;
    taken++;
    yield encodeEvent(record);
  }
}
