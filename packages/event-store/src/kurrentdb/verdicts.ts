import { EventStoreError, type Expected, type StreamConflict } from '../port.ts';
import type { PreparedWrite } from '../validate.ts';
import type { Violation } from './answers.ts';
import type { Traveller } from './lanes.ts';

/** What a violation means for one append of the group. */
export type Verdict =
  /** It had no part in it: it is sent again. */
  | { readonly kind: 'innocent' }
  /** It may be a repetition, which the server tells only of an append without company. */
  | { readonly kind: 'perhaps_repeated' }
  | { readonly kind: 'conflict'; readonly conflicts: readonly StreamConflict[] }
  | { readonly kind: 'failed'; readonly error: EventStoreError };

/**
 * Says for each append of a group that was turned back, by nothing of which anything was written, what it
 * means for it.
 *
 * An append all of whose streams have gone on from where it expects them may be one that is repeated; the
 * server answers that with success where the whole call is repeated, and with these violations otherwise.
 *
 * A group may have been sent before, without a word of what came of it, and that sending may come late. It
 * can do no harm to what is answered here. It was not carried out before this one, which would then have been
 * answered as its repetition. Later it is carried out whole, as is every call, or not at all. A conflict is
 * answered where a stream has gone beyond what the append expects; streams never go back, so that check, and
 * with it the late sending, fails for ever. Where a stream has not got that far, somebody may bring it there
 * just before the late sending comes: that append stays unknown. And what is sent again elsewhere, in other
 * company, is written by one of the two sendings and a repetition, or a violation, for the other.
 */
export const judge = (group: readonly Traveller[], violations: readonly Violation[]): Verdict[] => {
  const actuals = new Map(violations.map(({ check, actual }) => [check, actual]));
  let first = 0;
  return group.map((traveller) => {
    const { writes } = traveller.append;
    const checks = writes.map((write, place): Check => ({ write, actual: actuals.get(first + place) }));
    first += writes.length;
    const violated = checks.filter((check): check is Violated => check.actual !== undefined);
    if (violated.length === 0) return { kind: 'innocent' };
    return judgeOne(traveller, violated, group.length === 1);
  });
};

type Check = { readonly write: PreparedWrite; readonly actual: number | undefined };
type Violated = Check & { readonly actual: number };

const judgeOne = (
  { append, isDoubtful }: Traveller,
  violated: readonly Violated[],
  wasAlone: boolean,
): Verdict => {
  const deleted = violated.find(({ actual }) => actual < -1);
  if (deleted !== undefined) return { kind: 'failed', error: deletedStream(deleted.write.stream) };
  const beyond = violated.filter(({ write, actual }) => actual > write.after);
  if (beyond.length === append.writes.length && !wasAlone) return { kind: 'perhaps_repeated' };
  if (beyond.length === 0 && isDoubtful) return { kind: 'failed', error: mayComeLate(violated) };
  const conflicts = violated.map(({ write, actual }) => ({
    stream: write.stream,
    expected: toExpected(write.after),
    actual: toExpected(actual),
  }));
  return { kind: 'conflict', conflicts };
};

const toExpected = (revision: number): Expected => (revision < 0 ? 'no_stream' : revision);

export const deletedStream = (stream: string): EventStoreError =>
  new EventStoreError('damaged', `The stream ${stream} was deleted by another hand.`);

const mayComeLate = (violated: readonly Violated[]): EventStoreError => {
  const streams = violated.map(({ write }) => write.stream).join(', ');
  return new EventStoreError(
    'outcome_unknown',
    `${streams} has not got as far as the append expects, and an earlier sending of it may still come.`,
  );
};
