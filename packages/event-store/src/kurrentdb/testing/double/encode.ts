import { type LogRecord, tombstone } from './record.ts';
import { identifierOf, shared, streams, timestampOf } from './wire.ts';

const { ReadResp } = streams;
const { ReadEvent } = ReadResp;

/** 100 ns each. */
const ticksPerMs = 10_000n;
const greatestRevision = (2n ** 63n - 1n).toString();

/** A record is read many times and encoded once. */
const encoded = new WeakMap<LogRecord, Uint8Array>();

export const encodeEvent = (record: LogRecord): Uint8Array => {
  const known = encoded.get(record);
  if (known) return known;
  const message = new ReadResp();
  message.setEvent(readEvent(record));
  const bytes = message.serializeBinary();
  encoded.set(record, bytes);
  return bytes;
};

/** Source: server, Transport/Grpc/Streams.Read.cs `ConvertToReadEvent`, MetadataHelpers.cs */
const readEvent = (record: LogRecord): streams.ReadResp.ReadEvent => {
  const position = String(record.position);
  const id = new shared.UUID();
  id.setString(record.id);
  const recorded = new ReadEvent.RecordedEvent();
  recorded.setId(id);
  recorded.setStreamIdentifier(identifierOf(record.stream));
  recorded.setStreamRevision(record.revision === tombstone ? greatestRevision : String(record.revision));
  // A write of its own transaction has equal positions; all of ours have.
  recorded.setCommitPosition(position);
  recorded.setPreparePosition(position);
  recorded.setData(record.data);
  recorded.setCustomMetadata(record.metadata);
  recorded
    .getMetadataMap()
    .set('type', record.type)
    .set('created', String(BigInt(Math.trunc(record.created)) * ticksPerMs))
    .set('content-type', record.isJson ? 'application/json' : 'application/octet-stream');
  const event = new ReadEvent();
  event.setEvent(recorded);
  event.setCommitPosition(position);
  return event;
};

export const encodeMissing = (stream: string): Uint8Array => {
  const missing = new ReadResp.StreamNotFound();
  missing.setStreamIdentifier(identifierOf(stream));
  const message = new ReadResp();
  message.setStreamNotFound(missing);
  return message.serializeBinary();
};

export const encodeLastRevision = (revision: number): Uint8Array => {
  const message = new ReadResp();
  message.setLastStreamPosition(String(revision));
  return message.serializeBinary();
};

export const encodeConfirmation = (id: string): Uint8Array => {
  const confirmation = new ReadResp.SubscriptionConfirmation();
  confirmation.setSubscriptionId(id);
  const message = new ReadResp();
  message.setConfirmation(confirmation);
  return message.serializeBinary();
};

export const encodeCheckpoint = (position: number, now: number): Uint8Array => {
  const checkpoint = new ReadResp.Checkpoint();
  checkpoint.setCommitPosition(String(position));
  checkpoint.setPreparePosition(String(position));
  checkpoint.setTimestamp(timestampOf(now));
  const message = new ReadResp();
  message.setCheckpoint(checkpoint);
  return message.serializeBinary();
};

export const encodeCaughtUp = (position: number | undefined, now: number): Uint8Array => {
  const caughtUp = new ReadResp.CaughtUp();
  caughtUp.setTimestamp(timestampOf(now));
  if (position !== undefined) {
    const place = new ReadResp.Position();
    place.setCommitPosition(String(position));
    place.setPreparePosition(String(position));
    caughtUp.setPosition(place);
  }
  const message = new ReadResp();
  message.setCaughtUp(caughtUp);
  return message.serializeBinary();
};
