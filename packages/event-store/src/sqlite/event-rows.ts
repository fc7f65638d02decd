import { crc32 } from 'node:zlib';
import { EventStoreError, type JsonObject, type Position, type StoredEvent } from '../port.ts';

/** A row of `events`; its id as 32 hexadecimal digits in lower case. */
export type EventRow = [
  position: number,
  stream: number,
  revision: number,
  previous: number,
  created: number,
  id: string,
  type: string,
  data: string,
  checksum: number,
];

/** What to select for an `EventRow`. */
export const eventColumns =
  'position, stream, revision, previous, created, lower(hex(id)), type, data, checksum';

/** An id as it is handed on, from the 32 digits of a row. */
export const dashed = (id: string): string =>
  `${id.slice(0, 8)}-${id.slice(8, 12)}-${id.slice(12, 16)}-${id.slice(16, 20)}-${id.slice(20)}`;

/** The event of a row that is sound. */
export const toEvent = (row: Readonly<EventRow>, stream: string): StoredEvent => ({
  id: dashed(row[5]),
  type: row[6],
  data: JSON.parse(row[7]) as JsonObject,
  stream,
  revision: row[2],
  position: String(row[0]) as Position,
  created: row[4],
});

/** Takes a number into a sum; no other one below 2^32 would make the same of it, and hardly any above. */
const mix = (sum: number, number: number): number =>
  Math.imul(Math.imul(sum ^ (number | 0), 0x9e37_79b1) ^ ((number / 2 ** 32) | 0), 0x85eb_ca6b);

/** What a stream's name adds to the checksums of its rows. */
export const sumOfName = (name: string): number => crc32(name);

/**
 * The checksum of a row: CRC-32 over its texts, begun from its numbers. The stream counts by its name, so
 * that one renamed is noticed too. It finds what a disk or a hand has altered; it is no proof against
 * somebody who makes a new one. (Data begins with "{", which no type holds, so the texts need nothing
 * between them.)
 */
export const checksumOf = (nameSum: number, row: Readonly<EventRow>): number => {
  const numbers = mix(mix(mix(mix(nameSum, row[0]), row[2]), row[3]), row[4]);
  return crc32(row[5] + row[6] + row[7], numbers >>> 0) | 0;
};

export const isSound = (row: Readonly<EventRow>, nameSum: number): boolean =>
  row[8] === checksumOf(nameSum, row) && hasItsTypes(row);

/** A flipped bit may make an empty blob of a nought, which counts as the same. */
const hasItsTypes = (row: Readonly<EventRow>): boolean =>
  typeof row[1] === 'number' &&
  typeof row[2] === 'number' &&
  typeof row[3] === 'number' &&
  typeof row[4] === 'number' &&
  typeof row[6] === 'string' &&
  typeof row[7] === 'string';

/** A row that is not what was written. */
export const damagedRow = ([position, , revision, , , , type]: Readonly<EventRow>, name = 'no stream') =>
  new EventStoreError(
    'damaged',
    `The event at position ${position}, ${type} ${revision} of ${name} by its own account, is not what was ` +
      'written: its checksum does not fit.',
    { readOnAfter: String(position) as Position },
  );

/** Places of the log, both inclusive, where nothing is. */
export const missingRows = (from: number, to: number) => {
  const those = from === to ? `event at position ${from} is` : `events at positions ${from} to ${to} are`;
  return new EventStoreError('damaged', `The ${those} gone.`, { readOnAfter: String(to) as Position });
};

/** An event that is not where its stream should have it. */
export const lostRow = (stream: string, revision: number) =>
  new EventStoreError('damaged', `Event ${revision} of ${stream} is not where its stream should have it.`);

/** A stream of which nothing says how far it goes. */
export const lostHead = (stream: string) =>
  new EventStoreError('damaged', `Where the stream ${stream} ends is lost.`);

/** A stream that is there by some of the file, and not by other. */
export const lostName = (stream: string) =>
  new EventStoreError('damaged', `By what name the stream ${stream} is found is lost.`);

/** A row, or all from a place on, that stands on pages which are not what SQLite wrote. */
export const malformedRows = (from: number, to: number) => {
  const those = from === to ? `event at position ${from}` : `events at positions ${from} to ${to}`;
  return new EventStoreError(
    'damaged',
    `The ${those} can't be read: the pages of the file are malformed there.`,
    { readOnAfter: String(to) as Position },
  );
};
