import { prefixes } from '@carat/domain';
import {
  comparePositions,
  type EventStore,
  EventStoreError,
  type LogPage,
  type Position,
  type StoredEvent,
} from '@carat/event-store';
import { describeFailure } from '@carat/service-kit';
import type { Place, StartProgress } from '../copy/progress.ts';
import { limits } from '../limits.ts';
import type { Differences } from '../outcome.ts';
import type { Output } from '../tail/output.ts';
import type { Range } from './range.ts';
import { type Format, headOf, lineOf, readGift, rowOf } from './rows.ts';

/** What an export wrote, in sums. */
export type Exported = {
  readonly gifts: number;
  readonly coins: number;
  readonly millidiamonds: number;
  /** Where the log was read to. */
  readonly position: Position | null;
};

type Options = {
  readonly range: Range;
  readonly format: Format;
  readonly creator: string | undefined;
  readonly output: Output;
  readonly signal: AbortSignal;
  readonly startProgress: StartProgress;
  /** Takes what cannot be read, a line each; it is left out. */
  readonly unreadable: Differences;
};

/**
 * Writes the gifts of a range, a page of the log at a time, and reads no faster than it is written.
 * @throws EventStoreError; what was written until then are whole lines
 */
export const exportGifts = async (store: EventStore, options: Options): Promise<Exported> => {
  const { range, format, output, signal } = options;
  const sums = { gifts: 0, coins: 0, millidiamonds: 0 };
  let place: Place = { events: 0, position: range.after };
  const end = range.upTo ?? (await store.head())?.position;
  const progress = options.startProgress('exporting', place, end);
  try {
    let wanted = await output.write(headOf(format));
    for (let atEnd = end === undefined; wanted && !atEnd; ) {
      signal.throwIfAborted();
      const page = await readPage(store, place.position, options.unreadable);
      wanted = await output.write(linesOf(page.events, end!, options, sums));
      place = { events: place.events + page.events.length, position: page.upTo };
      atEnd = page.atHead || (page.upTo !== undefined && comparePositions(page.upTo, end!) >= 0);
      progress.update(place);
    }
  } finally {
    progress.stop();
  }
  return { ...sums, position: lesser(place.position, end) ?? null };
};

const lesser = (a: Position | undefined, b: Position | undefined): Position | undefined =>
  a === undefined || b === undefined || comparePositions(a, b) <= 0 ? a : b;

/** What is damaged is told and passed over. */
const readPage = async (
  store: EventStore,
  after: Position | undefined,
  unreadable: Differences,
): Promise<LogPage> => {
  try {
    return await store.readAll({ after, limit: limits.pageEvents, prefixes: [prefixes.wallets] });
  } catch (error) {
    if (!(error instanceof EventStoreError && error.readOnAfter !== undefined)) throw error;
    unreadable.add(error.message);
    return { events: [], upTo: error.readOnAfter, atHead: false };
  }
};

const linesOf = (
  events: readonly StoredEvent[],
  end: Position,
  { range, format, creator, unreadable }: Options,
  sums: { gifts: number; coins: number; millidiamonds: number },
): string => {
  let lines = '';
  for (const stored of events) {
    const { position } = stored;
    if (comparePositions(position, end) > 0) break;
    try {
      const gift = readGift(stored);
      if (gift === undefined || gift.at < range.from || gift.at >= range.before) continue;
      if (creator !== undefined && gift.creator !== creator) continue;
      lines += lineOf(format, rowOf(gift, position));
      sums.gifts += gift.booked;
      sums.coins += gift.coins;
      sums.millidiamonds += gift.millidiamonds;
    } catch (error) {
      unreadable.add(`Event ${stored.id} at position ${position} is left out: ${describeFailure(error)}`);
    }
  }
  return lines;
};
