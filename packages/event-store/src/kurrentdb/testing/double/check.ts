import type { Log } from './log.ts';
import { metadataStream, noStream, tombstone } from './record.ts';

/** Source: server, KurrentDB.Api.V2/Modules/Streams/Model/StreamCondition.cs */
export const any = -2;
export const streamExists = -4;
export const softDeleted = -5;

/** What an append does to one stream, or only expects of it where no ids are given. */
export type StreamCheck = {
  readonly stream: string;
  readonly expected: number;
  readonly ids: readonly string[];
};

export type Verdict =
  | { readonly kind: 'write'; readonly current: number; readonly isSoftDeleted: boolean }
  /** All of it is there already, at its exact place. */
  | { readonly kind: 'repeated'; readonly current: number; readonly last: number; readonly position: number }
  | { readonly kind: 'violated'; readonly current: number; readonly isSoftDeleted: boolean };

/**
 * Judges one stream of an append.
 * Source: server, Services/Storage/ReaderIndex/IndexWriter.cs `CheckCommit`, in its order of questions.
 */
export const judge = (log: Log, check: StreamCheck): Verdict => {
  const { stream, expected, ids } = check;
  const current = log.revisionOf(stream);
  const isSoftDeleted = log.isSoftDeleted(stream);
  const violated: Verdict = { kind: 'violated', current, isSoftDeleted: false };
  const write: Verdict = { kind: 'write', current, isSoftDeleted };

  if (current === tombstone) {
    const expectsNothing = expected === any || expected === noStream || expected === tombstone;
    return ids.length === 0 && expectsNothing ? write : violated;
  }
  if (expected === streamExists) {
    if (isSoftDeleted) return { ...violated, isSoftDeleted };
    if (current < 0 && log.revisionOf(metadataStream(stream)) < 0) return violated;
  }
  if (expected === any || expected === streamExists || expected === softDeleted) {
    const repeated = weaklyRepeated(log, check);
    if (repeated) return repeated === 'partly' ? violated : repeated;
    return expected === softDeleted && !isSoftDeleted ? violated : write;
  }
  return expected === current ? write : judgeElsewhere(log, check);
};

/** An append elsewhere than at the stream's end: a repetition where every id stands at its exact place. */
const judgeElsewhere = (log: Log, { stream, expected, ids }: StreamCheck): Verdict => {
  const current = log.revisionOf(stream);
  const isSoftDeleted = log.isSoftDeleted(stream);
  const places = log.stream(stream).slice(expected + 1, expected + 1 + ids.length);
  const repeated = ids.findIndex((id, at) => places[at]?.id !== id);
  const last = places.at(-1);
  if (repeated === -1 && last) {
    return { kind: 'repeated', current, last: last.revision, position: last.position };
  }
  // A stream that was deleted counts as none, and is undeleted by what is written.
  const isUndeleted = repeated <= 0 && expected === noStream && isSoftDeleted;
  return isUndeleted
    ? { kind: 'write', current, isSoftDeleted }
    : { kind: 'violated', current, isSoftDeleted: false };
};

/** Where no revision is expected, only ids written lately are known again; the first of them decides. */
const weaklyRepeated = (log: Log, { stream, ids }: StreamCheck): Verdict | 'partly' | undefined => {
  let last: number | undefined;
  for (const id of ids) {
    const place = log.recent(id);
    if (place?.stream !== stream) return last === undefined ? undefined : 'partly';
    last = place.revision;
  }
  const record = log.stream(stream).find(({ revision }) => revision === last);
  if (last === undefined || !record) return undefined;
  return { kind: 'repeated', current: log.revisionOf(stream), last, position: record.position };
};
