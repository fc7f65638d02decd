import type { handleClientStreamingCall, ServerReadableStream } from '@grpc/grpc-js';
import { any, streamExists } from './check.ts';
import { failed, type Node, perform, step } from './node.ts';
import { type NewRecord, noStream, tombstone } from './record.ts';
import { failureOf, invalid, streamDeleted } from './statuses.ts';
import type { Outcome, Transaction } from './transaction.ts';
import { idOf, isUuid, nameOf, shared, streams } from './wire.ts';

export type Proposed = streams.AppendReq.ProposedMessage | streams.BatchAppendReq.ProposedMessage;

/** Source: server, Transport/Grpc/MetadataHelpers.cs `ParseGrpcMetadata`. */
const recordOf = (stream: string, message: Proposed): NewRecord => {
  const metadata = message.getMetadataMap();
  const type = metadata.get('type');
  const contentType = metadata.get('content-type');
  if (!type || !contentType) throw invalid("Required Metadata Property 'type' is missing");
  const id = idOf(message.getId());
  if (!isUuid(id)) throw invalid(`'${id}' is no UUID`);
  return {
    id,
    stream,
    type,
    isJson: contentType === 'application/json',
    data: Uint8Array.from(message.getData_asU8()),
    metadata: Uint8Array.from(message.getCustomMetadata_asU8()),
  };
};

export const transactionOf = (
  stream: string,
  expected: number,
  messages: readonly Proposed[],
): Transaction => ({
  streams: [{ name: stream, expected }],
  records: messages.map((message) => recordOf(stream, message)),
});

/** Appends to one stream, one call each. Source: server, Transport/Grpc/Streams.Append.cs */
export const append =
  (node: Node): handleClientStreamingCall<streams.AppendReq, streams.AppendResp> =>
  async (call, answer) => {
    try {
      const leader = node.otherLeader();
      if (leader && call.metadata.get('requires-leader')[0] === 'true') {
        throw failureOf({ failure: 'not_leader', leader }, 'v1');
      }
      const transaction = await received(call);
      const outcome = await perform(node, transaction, { peer: call.getPeer(), protocol: 'v1' });
      answer(null, appendResponse(transaction, outcome));
      await step(node, 'answered', transaction);
    } catch (error) {
      answer(failed(error));
    }
  };

const received = async (call: ServerReadableStream<streams.AppendReq, unknown>): Promise<Transaction> => {
  let stream = '';
  let expected = any;
  const messages: Proposed[] = [];
  for await (const request of call as AsyncIterable<streams.AppendReq>) {
    const options = request.getOptions();
    if (options) {
      stream = nameOf(options.getStreamIdentifier());
      expected = expectedOf(options, options.hasRevision() ? options.getRevision() : undefined);
    }
    const message = request.getProposedMessage();
    if (message) messages.push(message);
  }
  return transactionOf(stream, expected, messages);
};

type Expecting = { hasNoStream(): boolean; hasStreamExists(): boolean };

export const expectedOf = (options: Expecting, revision: string | undefined): number => {
  if (revision !== undefined) return Number(revision);
  return options.hasNoStream() ? noStream : options.hasStreamExists() ? streamExists : any;
};

/** A conflict is an answer here, not a status. */
const appendResponse = ({ streams: [check] }: Transaction, outcome: Outcome): streams.AppendResp => {
  const response = new streams.AppendResp();
  if (outcome.appended) {
    const success = new streams.AppendResp.Success();
    const [revision] = outcome.revisions;
    if (revision === undefined) success.setNoStream(new shared.Empty());
    else success.setCurrentRevision(String(revision));
    const position = new streams.AppendResp.Position();
    position.setCommitPosition(String(outcome.position));
    position.setPreparePosition(String(outcome.position));
    success.setPosition(position);
    response.setSuccess(success);
    return response;
  }
  const { actual, isSoftDeleted } = outcome.violations[0]!;
  if (actual === tombstone || isSoftDeleted) throw streamDeleted(check!.name);
  const conflict = new streams.AppendResp.WrongExpectedVersion();
  if (actual === noStream) conflict.setCurrentNoStream(new shared.Empty());
  else conflict.setCurrentRevision(String(actual));
  if (check!.expected === any) conflict.setExpectedAny(new shared.Empty());
  else if (check!.expected === noStream) conflict.setExpectedNoStream(new shared.Empty());
  else if (check!.expected === streamExists) conflict.setExpectedStreamExists(new shared.Empty());
  else conflict.setExpectedRevision(String(check!.expected));
  response.setWrongExpectedVersion(conflict);
  return response;
};
