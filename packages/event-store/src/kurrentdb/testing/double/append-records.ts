import { randomUUID } from 'node:crypto';
import { status as codes, type handleUnaryCall } from '@grpc/grpc-js';
import { any, softDeleted, streamExists } from './check.ts';
import { failed, type Node, perform, step } from './node.ts';
import { type NewRecord, noStream, tombstone } from './record.ts';
import { CallFailed, detailed, failureOf, invalid } from './statuses.ts';
import type { Outcome, Transaction, Violation } from './transaction.ts';
import { isUuid, records, streamErrors } from './wire.ts';

/** How the wire names a stream that is deleted for ever. Source: server, Streams/Model/StreamCondition.cs */
const tombstoned = -6;

/** Source: server, TransactionLog/Chunks/TFConsts.cs `MaxLogRecordSize`. */
const maxRecordBytes = 16 * 1024 * 1024;

const schemaName = /^[a-zA-Z0-9_.$:-]+$/;
const checkable = [noStream, streamExists, softDeleted, tombstoned];

/** Appends records to many streams, with a check per stream. Source: server, Streams/StreamsService.cs */
export const appendRecords =
  (node: Node): handleUnaryCall<records.AppendRecordsRequest, records.AppendRecordsResponse> =>
  async (call, answer) => {
    try {
      const transaction = transactionOf(call.request);
      // A follower does not forward these: the server writes them with `requireLeader: true`.
      const leader = node.otherLeader();
      if (leader) throw failureOf({ failure: 'not_leader', leader }, 'v2');
      const outcome = await perform(node, transaction, { peer: call.getPeer(), protocol: 'v2' });
      if (!outcome.appended) throw violated(call.request, transaction, outcome.violations);
      answer(null, responseOf(transaction, outcome));
      await step(node, 'answered', transaction);
    } catch (error) {
      answer(failed(error));
    }
  };

/** Source: server, StreamsService.cs `AppendRecordsCommand`, and Streams/Validators/*.cs */
const transactionOf = (request: records.AppendRecordsRequest): Transaction => {
  const streams: { name: string; expected: number }[] = [];
  // Names are compared ignoring case within one call; the first spelling is the one that is written to.
  const places = new Map<string, number>();
  for (const check of request.getChecksList()) {
    const { stream, expectedState } = check.getStreamState()?.toObject() ?? {};
    const expected = Number(expectedState);
    if (!stream || stream === '$$') throw invalid('Stream must not be empty.');
    if (expected < 0 && !checkable.includes(expected)) throw invalid('Any (-2) is not allowed.');
    const folded = stream.toUpperCase();
    if (places.has(folded)) throw invalid('Each stream can only appear once in consistency checks.');
    places.set(folded, streams.length);
    streams.push({ name: stream, expected: expected === tombstoned ? tombstone : expected });
  }
  const sent = request.getRecordsList();
  if (sent.length === 0) throw invalid('Append records request must contain at least one record.');
  const written = sent.map((record) => {
    const folded = record.getStream().toUpperCase();
    let place = places.get(folded);
    if (place === undefined) {
      place = streams.push({ name: record.getStream(), expected: any }) - 1;
      places.set(folded, place);
    }
    return recordOf(record, streams[place]!.name);
  });
  return { streams, records: written };
};

const recordOf = (record: records.AppendRecord, stream: string): NewRecord => {
  const schema = record.getSchema();
  const type = schema?.getName() ?? '';
  const id = record.getRecordId() || randomUUID();
  const data = Uint8Array.from(record.getData_asU8());
  // Measured on 26.0.3: the check of access rights falls over a record without a stream.
  if (!stream) throw new CallFailed(codes.UNKNOWN, 'Exception was thrown by handler.');
  if (stream === '$$') throw invalid("Stream must not be '$$'.");
  if (!isUuid(id)) throw invalid('Record ID must be a valid and non-empty UUID.');
  if (!schemaName.test(type)) throw invalid('Schema name can only contain alphanumeric characters …');
  if (!schema?.getFormat()) throw invalid('Schema format must not be Unspecified.');
  const isJson = schema.getFormat() === records.SchemaFormat.SCHEMA_FORMAT_JSON;
  if (data.byteLength + type.length > maxRecordBytes) throw tooLarge(stream, id, data.byteLength);
  return { id: id.toLowerCase(), stream, type, isJson, data, metadata: metadataOf(record, type, isJson) };
};

/**
 * Properties are read back as JSON, with the schema's name and format among them.
 * Source: server, Data/EventRecord.cs `SynthesizeMetadataFromProperties`.
 */
const metadataOf = (record: records.AppendRecord, type: string, isJson: boolean): Uint8Array => {
  const properties: Record<string, unknown> = {};
  record.getPropertiesMap().forEach((value, key) => {
    properties[key] = value.toJavaScript();
  });
  if (!isJson) properties['$schema.format'] = 'Bytes';
  properties['$schema.name'] = type;
  if (isJson) properties['$schema.format'] = 'Json';
  return Buffer.from(JSON.stringify(properties));
};

const responseOf = (
  { streams, records: written }: Transaction,
  { revisions, position }: Outcome & { appended: true },
): records.AppendRecordsResponse => {
  const response = new records.AppendRecordsResponse();
  const places = new Map(streams.map(({ name }, place) => [name, place]));
  // One entry per stream that was written to, none for those that were only looked at.
  for (const name of new Set(written.map(({ stream }) => stream))) {
    const revision = new records.StreamRevision();
    revision.setStream(name);
    revision.setRevision(String(revisions[places.get(name)!]));
    response.addRevisions(revision);
  }
  response.setPosition(String(position));
  return response;
};

/** Source: server, StreamsService.cs `MapViolations`: all offenders, none of the satisfied. */
const violated = (
  request: records.AppendRecordsRequest,
  { streams }: Transaction,
  violations: readonly Violation[],
): CallFailed => {
  const details = new streamErrors.AppendConsistencyViolationErrorDetails();
  const expected = request.getChecksList().map((check) => check.getStreamState()?.getExpectedState());
  for (const { index, actual, isSoftDeleted } of violations) {
    const state = new streamErrors.ConsistencyViolation.StreamStateViolation();
    state.setStream(streams[index]!.name);
    state.setExpectedState(expected[index] ?? String(any));
    state.setActualState(String(actual === tombstone ? tombstoned : isSoftDeleted ? softDeleted : actual));
    const violation = new streamErrors.ConsistencyViolation();
    violation.setCheckIndex(index);
    violation.setStreamState(state);
    details.addViolations(violation);
  }
  const name = 'kurrentdb.protocol.v2.streams.errors.AppendConsistencyViolationErrorDetails';
  const offenders = details.getViolationsList().map((violation) => {
    const { stream, expectedState, actualState } = violation.getStreamState()!.toObject();
    return `\n - Stream '${stream}': expected state ${expectedState}, actual state ${actualState}.`;
  });
  const text = `Append failed due to consistency violations.\n${offenders.join('')}`;
  return detailed(codes.FAILED_PRECONDITION, text, details, name);
};

const tooLarge = (stream: string, id: string, bytes: number): CallFailed => {
  const details = new streamErrors.AppendRecordSizeExceededErrorDetails();
  details.setStream(stream);
  details.setRecordId(id);
  details.setSize(bytes);
  details.setMaxSize(maxRecordBytes);
  const name = 'kurrentdb.protocol.v2.streams.errors.AppendRecordSizeExceededErrorDetails';
  return detailed(codes.INVALID_ARGUMENT, `The size of record ${id} exceeds the maximum`, details, name);
};
