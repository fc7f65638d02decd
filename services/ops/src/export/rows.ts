import { type Event, readEvent } from '@carat/domain';
import type { Position, StoredEvent } from '@carat/event-store';

type Gift = Event<'GiftSent'>['data'];

/** A gift as one line of an export: one booking, as it stands in the log. */
export type Row = Omit<Gift, 'after' | 'at'> & {
  readonly position: Position;
  /** ISO 8601, UTC. */
  readonly at: string;
};

export const columns = [
  'position',
  'at',
  'live',
  'creator',
  'viewer',
  'gift',
  'combo',
  'booked',
  'count',
  'coins',
  'millidiamonds',
  'unitCoins',
  'rate',
] as const satisfies readonly (keyof Row)[];

export const formats = ['csv', 'jsonl'] as const;
export type Format = (typeof formats)[number];

/** The gift that an event is; undefined of any other event. @throws UnreadableEvent */
export const readGift = (stored: StoredEvent): Gift | undefined => {
  const event = readEvent(stored);
  return event?.type === 'GiftSent' ? event.data : undefined;
};

const largestInstant = 8.64e15;

/** @throws Error where its time is none */
export const rowOf = (gift: Gift, position: Position): Row => {
  const { after: _, at, ...rest } = gift;
  if (Math.abs(at) > largestInstant) throw new Error(`its time ${at} is no instant`);
  return { ...rest, position, at: new Date(at).toISOString() };
};

/** A field that holds a comma, a quote or a line's end stands in quotes (RFC 4180, section 2). */
const quote = (value: string | number): string => {
  const text = String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
};

const csvLine = (values: readonly (string | number)[]): string => `${values.map(quote).join(',')}\r\n`;

/** How an export begins. */
export const headOf = (format: Format): string => (format === 'csv' ? csvLine(columns) : '');

export const lineOf = (format: Format, row: Row): string => {
  if (format === 'csv') return csvLine(columns.map((column) => row[column]));
  return `${JSON.stringify(Object.fromEntries(columns.map((column) => [column, row[column]])))}\n`;
};
