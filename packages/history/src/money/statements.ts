import {
  type EarningsEvent,
  earningsEventTypes,
  monthPeriod,
  type Period,
  readEventOf,
  type SettlementEvent,
  type Statement,
  settlementEventTypes,
  stateEarnings,
  streams,
  yearPeriod,
} from '@carat/domain';
import {
  canonicalJson,
  comparePositions,
  type EventStore,
  type Position,
  readWholeStream,
  type StoredEvent,
} from '@carat/event-store';
import { limits } from '../limits.ts';
import { walkStream } from '../walk.ts';

/** The days of a month, as `2026-11`, or of a year, as `2026`. */
export const periodOf = (text: string): Period =>
  text.length === 'yyyy'.length ? yearPeriod(text) : monthPeriod(text);

/**
 * A creator's statement, from the log up to the last word on days closed and settled: what lies behind that
 * is in no statement yet. Once it is final it is the same whenever and from whichever copy of the log it is
 * made.
 * @param period as `2026-11` or `2026`
 * @throws EventStoreError, UnreadableEvent
 */
export const readStatement = async (
  store: EventStore,
  creator: string,
  period: string,
): Promise<Statement> => {
  const ofDays = await readWholeStream(store, streams.settlement, limits.streamPageEvents);
  const end = ofDays.at(-1)?.position;
  const ofCreator = end === undefined ? [] : await readEarnings(store, creator, end);
  const events = [...ofDays, ...ofCreator].sort((a, b) => comparePositions(a.position, b.position));
  return stateEarnings(creator, periodOf(period), events.map(readEvent));
};

const readEarnings = async (
  store: EventStore,
  creator: string,
  upTo: Position,
): Promise<readonly StoredEvent[]> => {
  const events: StoredEvent[] = [];
  for await (const page of walkStream(store, streams.earnings(creator), { upTo })) events.push(...page);
  return events;
};

const readEvent = (stored: StoredEvent): SettlementEvent | EarningsEvent =>
  readEventOf([...settlementEventTypes, ...earningsEventTypes], stored);

/** A statement as JSON: the one way to write it (RFC 8785), so that the same statement is the same bytes. */
export const statementJson = (statement: Statement): string => canonicalJson(statement);
