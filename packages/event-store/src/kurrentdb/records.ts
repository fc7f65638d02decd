import {
  EventStoreError,
  type EventStoreErrorOptions,
  type JsonObject,
  type Position,
  type StoredEvent,
} from '../port.ts';

/** An event as the client's reads hand it on. */
export type RawEvent = {
  readonly streamId: string;
  readonly id: string;
  readonly type: string;
  readonly isJson: boolean;
  readonly revision: bigint;
  readonly created: number;
  readonly data: Uint8Array;
  readonly position?: { readonly commit: bigint; readonly prepare: bigint };
};

const namePattern = /^[A-Za-z0-9_.:-]{1,200}$/;
const typePattern = /^[A-Za-z0-9_.:-]{1,100}$/;

/**
 * The place of an event. What this adapter appends is committed by its own record, so one number says it; an
 * event of an old kind of transaction, whose two numbers differ, is not ours.
 */
export const positionOf = ({ position }: RawEvent): Position => String(position?.commit ?? 0n) as Position;

/** @returns the event, or undefined where it is not one that this adapter could have written */
export const toStored = (raw: RawEvent): StoredEvent | undefined => {
  const { id, type, streamId: stream, position } = raw;
  if (!raw.isJson || !namePattern.test(stream) || !typePattern.test(type)) return undefined;
  if (position === undefined || position.commit !== position.prepare) return undefined;
  const data = parseObject(raw.data);
  if (data === undefined) return undefined;
  return {
    id,
    type,
    data,
    stream,
    revision: Number(raw.revision),
    position: positionOf(raw),
    created: raw.created,
  };
};

const parseObject = ({ buffer, byteOffset, byteLength }: Uint8Array): JsonObject | undefined => {
  try {
    const value: unknown = JSON.parse(Buffer.from(buffer, byteOffset, byteLength).toString());
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as JsonObject)
      : undefined;
  } catch {
    return undefined;
  }
};

/** An event that somebody else put in, or altered. */
export const foreignEvent = (raw: RawEvent, options?: EventStoreErrorOptions): EventStoreError =>
  new EventStoreError(
    'damaged',
    `The event at position ${positionOf(raw)}, ${raw.type} ${raw.revision} of ${raw.streamId}, is not one ` +
      'that an event store writes.',
    options,
  );

export const missingEvent = (stream: string, revision: number): EventStoreError =>
  new EventStoreError('damaged', `Event ${revision} of ${stream} is not there.`);
