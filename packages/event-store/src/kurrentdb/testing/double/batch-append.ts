import { status as codes, type handleBidiStreamingCall, type ServerDuplexStream } from '@grpc/grpc-js';
import { expectedOf, type Proposed, transactionOf } from './append-to-stream.ts';
import { any, streamExists } from './check.ts';
import { failed, type Node, perform, step } from './node.ts';
import { noStream, tombstone } from './record.ts';
import { CallFailed, failureOf } from './statuses.ts';
import type { Outcome, Transaction } from './transaction.ts';
import { empties, identifierOf, idOf, nameOf, pack, shared, status, streams } from './wire.ts';

type Request = streams.BatchAppendReq;
type Call = ServerDuplexStream<Request, streams.BatchAppendResp>;
type Pending = { readonly options: streams.BatchAppendReq.Options; readonly messages: Proposed[] };

/** Source: server, Configuration/ClusterVNodeOptions.cs `WriteTimeoutMs`. */
const writeTimeoutMs = 2_000;

/**
 * Appends to one stream each, all of a client through one call, pipelined, answered in any order.
 * Source: server, Transport/Grpc/Streams.BatchAppend.cs
 */
export const batchAppend =
  (node: Node): handleBidiStreamingCall<Request, streams.BatchAppendResp> =>
  (call) => {
    const pending = new Map<string, Pending>();
    call.on('data', (request: Request) => {
      const correlation = idOf(request.getCorrelationId());
      const options = request.getOptions();
      if (options) pending.set(correlation, { options, messages: [] });
      const batch = pending.get(correlation);
      batch?.messages.push(...request.getProposedMessagesList());
      if (!batch || !request.getIsFinal()) return;
      pending.delete(correlation);
      appendBatch(node, call, request, batch);
    });
    call.on('end', () => call.end());
    call.on('error', () => {});
  };

const appendBatch = async (node: Node, call: Call, request: Request, batch: Pending): Promise<void> => {
  const response = new streams.BatchAppendResp();
  response.setCorrelationId(request.getCorrelationId());
  response.setStreamIdentifier(batch.options.getStreamIdentifier());
  try {
    refuseElsewhere(node, call);
    refuseLate(node, batch.options);
    const stream = nameOf(batch.options.getStreamIdentifier());
    const revision = batch.options.hasStreamPosition() ? batch.options.getStreamPosition() : undefined;
    const transaction = transactionOf(stream, expectedOf(batch.options, revision), batch.messages);
    const outcome = await perform(node, transaction, { peer: call.getPeer(), protocol: 'v1' });
    if (outcome.appended) response.setSuccess(successOf(outcome));
    else response.setError(conflictOf(transaction, outcome));
    call.write(response);
    await step(node, 'answered', transaction);
  } catch (error) {
    fail(call, response, failed(error));
  }
};

/** Some failures are answers to one append; the rest end the call, and with it all appends in flight. */
const fail = (call: Call, response: streams.BatchAppendResp, error: CallFailed): void => {
  const answer = errorOf(error);
  if (error.code === codes.OK) return void call.end();
  if (!answer) return void call.emit('error', error);
  response.setError(answer);
  call.write(response);
};

/** Source: server, Transport/Grpc/Status.cs, and `ConvertMessage` in Streams.BatchAppend.cs */
const errorOf = ({ code, details }: CallFailed): status.Status | undefined => {
  switch (code) {
    case codes.ABORTED:
    case codes.DEADLINE_EXCEEDED:
      return statusOf(codes.DEADLINE_EXCEEDED, 'Timeout', new shared.Timeout(), 'event_store.client.Timeout');
    case codes.PERMISSION_DENIED:
      return statusOf(code, 'AccessDenied', new shared.AccessDenied(), 'event_store.client.AccessDenied');
    case codes.INVALID_ARGUMENT:
      return statusOf(code, 'BadRequest', new shared.BadRequest(), 'event_store.client.BadRequest');
    case codes.UNAVAILABLE:
      if (details === 'Server Is Too Busy') return transient('Server Is Busy');
      return details === 'Server Is Not Ready' ? transient(details) : undefined;
    default:
      return undefined;
  }
};

const transient = (text: string) => statusOf(codes.OK, text, new empties.Empty(), 'google.protobuf.Empty');

const statusOf = (code: number, text: string, details: shared.Empty | empties.Empty, name: string) => {
  const error = new status.Status();
  error.setCode(code);
  error.setMessage(text);
  error.setDetails(pack(details, name));
  return error;
};

const refuseElsewhere = (node: Node, call: Call): void => {
  const leader = node.otherLeader();
  if (leader && call.metadata.get('requires-leader')[0] === 'true') {
    throw failureOf({ failure: 'not_leader', leader }, 'v1');
  }
};

/** The client names a moment by its own clock: a server whose clock is ahead refuses all of its appends. */
const refuseLate = (node: Node, options: streams.BatchAppendReq.Options): void => {
  const until = options.getDeadline21100()?.toDate().getTime();
  const left = until === undefined ? writeTimeoutMs : until - node.now();
  if (left <= 0) throw new CallFailed(codes.DEADLINE_EXCEEDED, 'Timeout');
};

const successOf = (outcome: Outcome & { appended: true }): streams.BatchAppendResp.Success => {
  const success = new streams.BatchAppendResp.Success();
  const [revision] = outcome.revisions;
  if (revision === undefined) success.setNoStream(new empties.Empty());
  else success.setCurrentRevision(String(revision));
  const position = new shared.AllStreamPosition();
  position.setCommitPosition(String(outcome.position));
  position.setPreparePosition(String(outcome.position));
  success.setPosition(position);
  return success;
};

/** Source: server, Transport/Grpc/WrongExpectedVersion.cs */
const conflictOf = ({ streams: [check] }: Transaction, outcome: Outcome & { appended: false }) => {
  const { name, expected } = check!;
  const { actual, isSoftDeleted } = outcome.violations[0]!;
  if (actual === tombstone || isSoftDeleted) {
    const gone = new shared.StreamDeleted();
    gone.setStreamIdentifier(identifierOf(name));
    return statusOf(codes.NOT_FOUND, 'StreamDeleted', gone, 'event_store.client.StreamDeleted');
  }
  const conflict = new shared.WrongExpectedVersion();
  if (actual === noStream) conflict.setCurrentNoStream(new empties.Empty());
  else conflict.setCurrentStreamRevision(String(actual));
  if (expected === any) conflict.setExpectedAny(new empties.Empty());
  else if (expected === noStream) conflict.setExpectedNoStream(new empties.Empty());
  else if (expected === streamExists) conflict.setExpectedStreamExists(new empties.Empty());
  else conflict.setExpectedStreamPosition(String(expected));
  const type = 'event_store.client.WrongExpectedVersion';
  return statusOf(codes.ALREADY_EXISTS, 'WrongExpectedVersion', conflict, type);
};
