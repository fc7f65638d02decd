import { type Accepted, accept, type Decision, nothing } from './decision.ts';
import type { Event, SettlementEvent } from './events.ts';

const dayMs = 86_400_000;

/** The UTC day of an instant, as `2026-11-23`; days compare as text. */
export const dayOf = (at: number): string => new Date(at).toISOString().slice(0, 'yyyy-mm-dd'.length);

export const addDays = (day: string, days: number): string => dayOf(Date.parse(day) + days * dayMs);

/**
 * Which days are over, as the log has it. Stream: `settlement`. The place of a `DayClosed` in the log is the
 * cut: gifts between two of them are settled together, whatever their `at` says.
 */
export type Settlement = {
  /** Days closed, in order; a day that is not among them was missed, and belongs to the next that is. */
  readonly closed: readonly string[];
  /** What was settled of this day and of any before it is available; null: nothing is yet. */
  readonly availableThrough: string | null;
  /** Up to this one, all days closed are settled for every creator; null: none is. */
  readonly settledThrough: string | null;
  /** Days that the newest closed day says it holds; null: none is closed. */
  readonly holdDays: number | null;
  readonly at: number;
};

export const initialSettlement: Settlement = {
  closed: [],
  availableThrough: null,
  settledThrough: null,
  holdDays: null,
  at: 0,
};

export const settlementEventTypes = ['DayClosed', 'DaySettled'] as const;

/**
 * With each day closed the hold ends for all that is old enough by it; what has become available stays so
 * where the hold is made longer later. As each `DayClosed` says its hold, what is available follows from the
 * log alone: no clock, no configuration, and no event per creator.
 */
export const evolveSettlement = (settlement: Settlement, { type, data }: SettlementEvent): Settlement => {
  if (type === 'DaySettled') return { ...settlement, settledThrough: data.day, at: data.at };
  const through = addDays(data.day, -data.holdDays);
  const before = settlement.availableThrough;
  return {
    ...settlement,
    closed: [...settlement.closed, data.day],
    availableThrough: before !== null && before > through ? before : through,
    holdDays: data.holdDays,
    at: data.at,
  };
};

export const isAvailable = (settlement: Settlement, day: string): boolean =>
  settlement.availableThrough !== null && day <= settlement.availableThrough;

/** The day by whose closing a settled day becomes available, if the hold stays as it is. */
export const availableWith = (day: string, holdDays: number): string => addDays(day, holdDays);

export type CloseDay = {
  readonly holdDays: number;
  /** How long after midnight a day is closed at the earliest, so that stragglers still fall into it. */
  readonly graceMs: number;
  readonly now: number;
};

/**
 * Closes the day before this one, if it is time and it is not closed: also where more days than that were
 * missed. Decides nothing otherwise, so that whoever comes second, and a clock set back, do no harm.
 */
export const closeDay = (command: CloseDay, settlement: Settlement): Accepted<Event<'DayClosed'>> => {
  const { holdDays, graceMs, now } = command;
  const day = addDays(dayOf(now), -1);
  const previous = settlement.closed.at(-1) ?? null;
  if (now % dayMs < graceMs || (previous !== null && day <= previous)) return nothing;
  const at = Math.max(now, settlement.at);
  return accept({ type: 'DayClosed', data: { day, previous, holdDays, at } });
};

/** The days closed that are not known to be settled for all, in the order in which they must be. */
export const unsettledDays = ({ closed, settledThrough }: Settlement): readonly string[] =>
  closed.slice(settledThrough === null ? 0 : closed.indexOf(settledThrough) + 1);

export type FinishDay = Omit<Event<'DaySettled'>['data'], 'at'> & { readonly now: number };

/** Says that a day is settled for all who earned in it; again decides nothing. Days are settled in order. */
export const finishDay = (
  { now, ...sums }: FinishDay,
  settlement: Settlement,
): Decision<Event<'DaySettled'>, 'day_not_next'> => {
  if (settlement.settledThrough !== null && sums.day <= settlement.settledThrough) return nothing;
  if (unsettledDays(settlement)[0] !== sums.day) return { refused: true, refusal: 'day_not_next' };
  return accept({ type: 'DaySettled', data: { ...sums, at: Math.max(now, settlement.at) } });
};
