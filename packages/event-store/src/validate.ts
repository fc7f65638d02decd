import {
  EventStoreError,
  type Expected,
  type JsonObject,
  type LogRead,
  limits,
  type NewEvent,
  parsePosition,
  type Revision,
  type StreamRead,
  type StreamWrite,
} from './port.ts';

/** An event fit for writing: its id in lower case, its data as the JSON text that goes to disk. */
export type PreparedEvent = { readonly id: string; readonly type: string; readonly json: string };

/** What one append does to one stream. `after` is the revision to write after, -1 where no stream may be. */
export type PreparedWrite = {
  readonly stream: string;
  readonly after: Revision;
  readonly events: readonly PreparedEvent[];
};

export type PreparedAppend = {
  readonly writes: readonly PreparedWrite[];
  readonly events: number;
  /** Bytes of all JSON texts. */
  readonly bytes: number;
};

const namePattern = /^[A-Za-z0-9_.:-]{1,200}$/;
const typePattern = /^[A-Za-z0-9_.:-]{1,100}$/;
const idPattern = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

const invalid = (message: string): never => {
  throw new EventStoreError('invalid_input', message);
};

const tooLarge = (message: string): never => {
  throw new EventStoreError('too_large', message);
};

/**
 * Checks an append whole and makes it ready to write.
 * @throws EventStoreError `invalid_input`, `too_large`
 */
export const prepareAppend = (writes: readonly StreamWrite[]): PreparedAppend => {
  if (!Array.isArray(writes) || writes.length === 0) return invalid('An append names at least one stream.');
  if (writes.length > limits.maxAppendStreams) {
    return tooLarge(`An append names at most ${limits.maxAppendStreams} streams, not ${writes.length}.`);
  }
  if (writes.length > 1 && new Set(writes.map(({ stream }) => stream)).size < writes.length) {
    return invalid('An append names each of its streams once.');
  }
  const events = writes.reduce((sum, write) => sum + (write.events?.length ?? 0), 0);
  if (events > limits.maxAppendEvents) {
    return tooLarge(`An append has at most ${limits.maxAppendEvents} events, not ${events}.`);
  }
  const prepared = writes.map(prepareWrite);
  let bytes = 0;
  for (const write of prepared) for (const event of write.events) bytes += Buffer.byteLength(event.json);
  if (bytes > limits.maxAppendBytes) {
    return tooLarge(`The data of an append has at most ${limits.maxAppendBytes} bytes, not ${bytes}.`);
  }
  return { writes: prepared, events, bytes };
};

const prepareWrite = ({ stream, expected, events }: StreamWrite): PreparedWrite => {
  checkStreamName(stream);
  if (!Array.isArray(events) || events.length === 0) return invalid(`Nothing to append to "${stream}".`);
  return { stream, after: revisionToWriteAfter(expected), events: events.map(prepareEvent) };
};

const revisionToWriteAfter = (expected: Expected): Revision => {
  if (expected === 'no_stream') return -1;
  if (Number.isSafeInteger(expected) && expected >= 0) return expected;
  return invalid('The expected revision is an integer from 0, or "no_stream".');
};

const prepareEvent = ({ id, type, data }: NewEvent): PreparedEvent => {
  if (typeof id !== 'string' || !idPattern.test(id)) return invalid(`"${id}" is no UUID.`);
  if (typeof type !== 'string' || !typePattern.test(type)) {
    return invalid(`"${type}" is no event type: 1 to ${limits.maxTypeChars} of A-Z a-z 0-9 _ . : -`);
  }
  const json = toJson(data, type);
  // A UTF-16 unit takes 3 bytes at most, so most events need no exact count.
  if (json.length * 3 > limits.maxEventBytes && Buffer.byteLength(json) > limits.maxEventBytes) {
    return tooLarge(`The data of a ${type} has more than ${limits.maxEventBytes} bytes.`);
  }
  return { id: id.toLowerCase(), type, json };
};

const toJson = (data: JsonObject, type: string): string => {
  if (!isPlainObject(data)) return invalid(`The data of a ${type} is no plain object.`);
  checkValues(data, type, 1);
  return JSON.stringify(data);
};

const isPlainObject = (value: unknown): value is JsonObject => {
  if (typeof value !== 'object' || value === null) return false;
  const prototype = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
};

/**
 * Everything in the data must come back from JSON as it went in: nothing dropped, rounded or turned into
 * null.
 */
const checkValues = (container: JsonObject, path: string, depth: number): void => {
  if (depth > limits.maxDataDepth) invalid(`${path} is nested deeper than ${limits.maxDataDepth}.`);
  // Of what plain objects inherit nothing is enumerable; and this way no array is made of the keys.
  for (const key in container) {
    const value = container[key];
    if (typeof value === 'string' || typeof value === 'boolean' || value === null) continue;
    if (typeof value === 'number') {
      if (Number.isSafeInteger(value) || (Number.isFinite(value) && !Number.isInteger(value))) continue;
      invalid(`${path}.${key} is ${value}: beyond what JSON carries exactly.`);
    }
    if (Array.isArray(value)) checkItems(value, `${path}.${key}`, depth + 1);
    else if (isPlainObject(value)) checkValues(value, `${path}.${key}`, depth + 1);
    else invalid(`${path}.${key} is no JSON value.`);
  }
};

const checkItems = (items: readonly unknown[], path: string, depth: number): void => {
  // Holes are not among the keys, and would come back as null.
  if (Object.keys(items).length !== items.length) invalid(`${path} has holes.`);
  checkValues(items as unknown as JsonObject, path, depth);
};

/** @throws EventStoreError `invalid_input` */
export const checkStreamName = (stream: string): void => {
  if (typeof stream !== 'string' || !namePattern.test(stream)) {
    invalid(`"${stream}" is no stream name: 1 to ${limits.maxStreamNameChars} of A-Z a-z 0-9 _ . : -`);
  }
};

/** @throws EventStoreError `invalid_input` */
export const checkStreamRead = (stream: string, { from, direction, limit }: StreamRead): void => {
  checkStreamName(stream);
  checkLimit(limit);
  if (from !== undefined && !(Number.isSafeInteger(from) && from >= 0)) invalid(`${from} is no revision.`);
  if (direction !== undefined && direction !== 'forwards' && direction !== 'backwards') {
    invalid(`"${direction}" is no direction.`);
  }
};

/** @throws EventStoreError `invalid_input` */
export const checkLogRead = ({ after, prefixes, limit }: LogRead): void => {
  checkLimit(limit);
  if (after !== undefined) parsePosition(after);
  if (prefixes === undefined) return;
  if (prefixes.length === 0 || prefixes.length > limits.maxPrefixes) {
    invalid(`A filter has 1 to ${limits.maxPrefixes} prefixes, not ${prefixes.length}.`);
  }
  for (const prefix of prefixes) checkStreamName(prefix);
};

const checkLimit = (limit: number): void => {
  if (!Number.isSafeInteger(limit) || limit < 1 || limit > limits.maxReadEvents) {
    invalid(`A read takes 1 to ${limits.maxReadEvents} events, not ${limit}.`);
  }
};
