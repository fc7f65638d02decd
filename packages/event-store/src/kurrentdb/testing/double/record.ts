/** Revision that stands for a tombstone. On the wire it is 2^63 - 1, as `EventNumber.DeletedStream`. */
export const tombstone = 2 ** 63;

/** No event of the stream is there, as `ExpectedVersion.NoStream`. */
export const noStream = -1;

export type NewRecord = {
  /** UUID, lower case. */
  readonly id: string;
  readonly stream: string;
  readonly type: string;
  readonly isJson: boolean;
  readonly data: Uint8Array;
  /** As a read hands it out. */
  readonly metadata: Uint8Array;
};

export type LogRecord = NewRecord & {
  /** Where the record begins: a byte offset, strictly increasing, not consecutive. */
  readonly position: number;
  readonly revision: number;
  /** ms since 1970, by the double's clock. */
  readonly created: number;
};

const text = new TextEncoder();

/** System streams, and the streams that hold other streams' metadata, begin with `$`. */
export const isSystem = (record: NewRecord) => record.stream.startsWith('$');

export const metadataStream = (stream: string) => `$$${stream}`;

/** A record whose data is JSON and which has no metadata of its own. */
export const jsonRecord = (stream: string, type: string, id: string, data: unknown): NewRecord => ({
  id,
  stream,
  type,
  isJson: true,
  data: text.encode(JSON.stringify(data)),
  metadata: new Uint8Array(),
});

/**
 * What a record takes in the log, in bytes: two lengths, kind, version, position, flags, transaction, offset,
 * expected version, two UUIDs, time, and the fields with their lengths.
 * Source: server, TransactionLog/LogRecords/PrepareLogRecord.cs `ComputeSizeOnDisk`.
 */
export const bytesOnDisk = (record: NewRecord): number =>
  8 + 10 + 2 + 8 + 4 + 8 + 32 + 8 + 8 + 2 + record.stream.length + record.type.length + payloadBytes(record);

export const payloadBytes = (record: NewRecord) => record.data.byteLength + record.metadata.byteLength;
