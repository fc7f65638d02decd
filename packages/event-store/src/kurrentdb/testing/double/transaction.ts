import { randomUUID } from 'node:crypto';
import { judge, type Verdict } from './check.ts';
import type { Log } from './log.ts';
import { jsonRecord, metadataStream, type NewRecord } from './record.ts';

/** One append: what it expects of streams, and what it writes, in the order of the log. */
export type Transaction = {
  readonly streams: readonly { readonly name: string; readonly expected: number }[];
  readonly records: readonly NewRecord[];
};

export type Violation = {
  /** Index of the stream in the transaction. */
  readonly index: number;
  readonly actual: number;
  readonly isSoftDeleted: boolean;
};

export type Outcome =
  | {
      readonly appended: true;
      /** Revision of the last event per stream of the transaction; undefined where it was only looked at. */
      readonly revisions: readonly (number | undefined)[];
      /** Of the last record. */
      readonly position: number;
    }
  | { readonly appended: false; readonly violations: readonly Violation[] };

/** Bytes that an append without events takes: a record that is no event. */
const emptyRecordBytes = 100;

/**
 * What an append comes to without writing it: its outcome, or undefined where it is to be written.
 * Source: server, Services/Storage/StorageWriterService.cs `VerifyCommitChecks`.
 */
export const verify = (log: Log, transaction: Transaction): Outcome | undefined => {
  const written = Map.groupBy(transaction.records, ({ stream }) => stream);
  const idsOf = (name: string) => (written.get(name) ?? []).map(({ id }) => id);
  const verdicts = transaction.streams.map(({ name, expected }) =>
    judge(log, { stream: name, expected, ids: idsOf(name) }),
  );
  if (verdicts.every(({ kind }) => kind === 'write')) return undefined;

  // All that it writes is there: a repetition, whatever streams that it only looked at have become since.
  const writing = verdicts.filter((_, at) => written.has(transaction.streams[at]!.name));
  if (writing.length > 0 && writing.every(({ kind }) => kind === 'repeated')) return repetition(verdicts);

  // Repeated beside new is a violation by all that is repeated.
  const violations = verdicts.flatMap((verdict, index) =>
    verdict.kind === 'write'
      ? []
      : [
          {
            index,
            actual: verdict.current,
            isSoftDeleted: verdict.kind === 'violated' && verdict.isSoftDeleted,
          },
        ],
  );
  return { appended: false, violations };
};

/** Writes what `verify` let through. */
export const write = (log: Log, { streams, records }: Transaction): Outcome => {
  const deleted = streams.filter(
    ({ name }) => log.isSoftDeleted(name) && records.some((record) => record.stream === name),
  );
  const undeleted = deleted.map(({ name }) => ({ name, from: log.revisionOf(name) + 1 }));
  const written = log.append(records);
  const position = written.at(-1)?.position ?? log.skip(emptyRecordBytes);
  const last = new Map(written.map((record) => [record.stream, record.revision]));
  const isEmpty = records.length === 0;
  const revisions = streams.map(({ name }) => last.get(name) ?? (isEmpty ? existing(log, name) : undefined));
  for (const { name, from } of undeleted) {
    log.append([jsonRecord(metadataStream(name), '$metadata', randomUUID(), { $tb: from })]);
  }
  return { appended: true, revisions, position };
};

/** What an append without events answers: where the stream is, if it is. */
const existing = (log: Log, name: string): number | undefined => {
  const revision = log.revisionOf(name);
  return revision < 0 ? undefined : revision;
};

const repetition = (verdicts: readonly Verdict[]): Outcome => ({
  appended: true,
  revisions: verdicts.map((verdict) => (verdict.kind === 'repeated' ? verdict.last : undefined)),
  position: Math.max(...verdicts.map((verdict) => (verdict.kind === 'repeated' ? verdict.position : -1))),
});
