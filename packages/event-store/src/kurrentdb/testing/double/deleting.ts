import { randomUUID } from 'node:crypto';
import { status as codes, type handleUnaryCall } from '@grpc/grpc-js';
import { expectedOf } from './append-to-stream.ts';
import { judge } from './check.ts';
import type { Log } from './log.ts';
import { failed, type Node } from './node.ts';
import { jsonRecord, metadataStream, type NewRecord, noStream, tombstone } from './record.ts';
import { CallFailed, streamDeleted } from './statuses.ts';
import { nameOf, streams } from './wire.ts';

/** The greatest revision: hides all that is there. It is beyond what JSON.stringify writes exactly. */
const hidingAll = Buffer.from('{"$tb":9223372036854775807}');

type Options = streams.DeleteReq.Options | streams.TombstoneReq.Options;

/** Hides a stream until it is appended to. Source: server, StorageWriterService.cs `WriteDelete`. */
export const deleteStream =
  (node: Node): handleUnaryCall<streams.DeleteReq, streams.DeleteResp> =>
  (call, answer) => {
    try {
      const { log } = node;
      const { stream, expected } = permit(log, call.request.getOptions()!);
      const holder = metadataStream(stream);
      // A stream that never was cannot be deleted.
      if (log.revisionOf(stream) < 0 && log.revisionOf(holder) < 0)
        throw conflict(stream, expected, noStream);
      const deletion = jsonRecord(holder, '$metadata', randomUUID(), {});
      const position = new streams.DeleteResp.Position();
      const response = new streams.DeleteResp();
      response.setPosition(place(position, log, { ...deletion, data: hidingAll }));
      answer(null, response);
    } catch (error) {
      answer(failed(error));
    }
  };

/** Ends a stream for ever. */
export const tombstoneStream =
  (node: Node): handleUnaryCall<streams.TombstoneReq, streams.TombstoneResp> =>
  (call, answer) => {
    try {
      const { stream } = permit(node.log, call.request.getOptions()!);
      const end = { ...jsonRecord(stream, '$streamDeleted', randomUUID(), {}), isJson: false };
      const response = new streams.TombstoneResp();
      response.setPosition(place(new streams.TombstoneResp.Position(), node.log, end));
      answer(null, response);
    } catch (error) {
      answer(failed(error));
    }
  };

type Place = { setCommitPosition(text: string): unknown; setPreparePosition(text: string): unknown };

const place = <P extends Place>(position: P, log: Log, record: NewRecord): P => {
  const [written] = log.append([record]);
  position.setCommitPosition(String(written!.position));
  position.setPreparePosition(String(written!.position));
  return position;
};

/** @throws CallFailed where the stream is not as the caller expects. */
const permit = (log: Log, options: Options): { stream: string; expected: number } => {
  const stream = nameOf(options.getStreamIdentifier());
  const expected = expectedOf(options, options.hasRevision() ? options.getRevision() : undefined);
  const verdict = judge(log, { stream, expected, ids: [randomUUID()] });
  if (verdict.current === tombstone) throw streamDeleted(stream);
  if (verdict.kind === 'violated') throw conflict(stream, expected, verdict.current);
  return { stream, expected };
};

/** Source: server, Transport/Grpc/RpcExceptions.cs `WrongExpectedVersion`. */
const conflict = (stream: string, expected: number, actual: number): CallFailed =>
  new CallFailed(codes.FAILED_PRECONDITION, `Delete failed due to WrongExpectedVersion. Stream: ${stream}`, {
    exception: 'wrong-expected-version',
    'stream-name': stream,
    'expected-version': String(expected),
    'actual-version': String(actual),
  });
