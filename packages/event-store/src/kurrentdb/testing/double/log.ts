import { randomUUID } from 'node:crypto';
import {
  bytesOnDisk,
  jsonRecord,
  type LogRecord,
  metadataStream,
  type NewRecord,
  noStream,
  tombstone,
} from './record.ts';

/** Ids that an append to `any` revision recognises. The server's cache is 8 MiB, lost when it restarts. */
const maxRecentIds = 100_000;

/** A fresh server has written some of its own before anyone appends. */
const seeds = [
  jsonRecord('$$$scavenges', '$metadata', randomUUID(), { $maxAge: 2_592_000 }),
  jsonRecord('$$$settings', '$metadata', randomUUID(), { $maxCount: 1 }),
];

export type LogOptions = {
  /** Byte offset of the first record. */
  readonly firstPosition?: number;
  /** ms since 1970. */
  readonly now?: () => number;
  /** Called with the records of each append before anyone can see them. */
  readonly journal?: (records: readonly LogRecord[]) => void;
};

type StreamMetadata = { readonly $tb?: number; readonly $maxCount?: number };

/** What is stored, in log order. It outlives the server that answers from it. */
export class Log {
  readonly #options: LogOptions;
  readonly #listeners = new Set<() => void>();
  #records: LogRecord[] = [];
  #streams = new Map<string, LogRecord[]>();
  #recent = new Map<string, { stream: string; revision: number }>();
  #end = 0;

  constructor(options: LogOptions = {}) {
    this.#options = options;
    this.clear();
  }

  /** All records, in log order, the server's own among them. */
  get records(): readonly LogRecord[] {
    return this.#records;
  }

  /** Where the next record will begin. */
  get end(): number {
    return this.#end;
  }

  /** As a fresh server. */
  clear(): void {
    this.#replace([]);
    this.#end = this.#options.firstPosition ?? 0;
    this.#write(seeds);
  }

  /** Takes up what a journal held, behind what every fresh server has. */
  load(records: readonly LogRecord[]): void {
    this.clear();
    this.#replace([...this.#records, ...records]);
  }

  /** Writes the records behind each other, in one step. */
  append(records: readonly NewRecord[]): readonly LogRecord[] {
    const written = this.#write(records);
    this.#options.journal?.(written);
    for (const listener of this.#listeners) listener();
    return written;
  }

  /** Passes over some bytes, as a record that is no event. @returns where it began. */
  skip(bytes: number): number {
    const position = this.#end;
    this.#end += bytes;
    return position;
  }

  /** Changes what is stored at a position, as no server would. */
  change(position: number, changes: Partial<LogRecord>): void {
    this.#replace(this.#records.map((held) => (held.position === position ? { ...held, ...changes } : held)));
  }

  /** Takes out what is stored at a position, as no server would. */
  remove(position: number): void {
    this.#replace(this.#records.filter((held) => held.position !== position));
  }

  /** Puts a record into the midst of the log, as no server would. */
  insert(record: LogRecord): void {
    this.#replace([...this.#records, record].sort((a, b) => a.position - b.position));
  }

  onGrowth(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Index of the first record at or after a position; the number of records where there is none. */
  indexAt(position: number): number {
    let [low, high] = [0, this.#records.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#records[middle]!.position < position) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  stream(name: string): readonly LogRecord[] {
    return this.#streams.get(name) ?? [];
  }

  /** Revision of a stream's last event, `noStream` or `tombstone`. */
  revisionOf(name: string): number {
    return this.#streams.get(name)?.at(-1)?.revision ?? noStream;
  }

  /** First revision that a read shows. Source: server, docs/server/features/streams.md `$tb`, `$maxCount`. */
  firstRevision(name: string): number {
    const { $tb = 0, $maxCount = Number.POSITIVE_INFINITY } = this.#metadataOf(name);
    return Math.max(0, $tb, this.revisionOf(name) + 1 - $maxCount);
  }

  /** Source: server, Services/Storage/ReaderIndex/IndexWriter.cs `IsSoftDeleted`: `$tb` at its greatest. */
  isSoftDeleted(name: string): boolean {
    return (this.#metadataOf(name).$tb ?? 0) >= Number.MAX_SAFE_INTEGER;
  }

  /** Where an id was written lately. */
  recent(id: string): { readonly stream: string; readonly revision: number } | undefined {
    return this.#recent.get(id);
  }

  /** What only memory held is gone, as after a restart. */
  forgetRecent(): void {
    this.#recent.clear();
  }

  #metadataOf(name: string): StreamMetadata {
    const last = this.#streams.get(metadataStream(name))?.at(-1);
    if (!last) return {};
    try {
      return JSON.parse(Buffer.from(last.data).toString()) as StreamMetadata;
    } catch {
      return {};
    }
  }

  #write(records: readonly NewRecord[]): readonly LogRecord[] {
    const created = (this.#options.now ?? Date.now)();
    const written = records.map((record) => {
      const isTombstone = record.type === '$streamDeleted';
      const revision = isTombstone ? tombstone : this.revisionOf(record.stream) + 1;
      const stored: LogRecord = { ...record, created, revision, position: this.skip(bytesOnDisk(record)) };
      this.#index(stored);
      return stored;
    });
    return written;
  }

  #index(record: LogRecord): void {
    this.#records.push(record);
    const stream = this.#streams.get(record.stream);
    if (stream) stream.push(record);
    else this.#streams.set(record.stream, [record]);
    // The first place of an id stays known (measured on 26.0.3).
    if (this.#recent.has(record.id)) return;
    this.#recent.set(record.id, { stream: record.stream, revision: record.revision });
    if (this.#recent.size > maxRecentIds) this.#recent.delete(this.#recent.keys().next().value!);
  }

  #replace(records: readonly LogRecord[]): void {
    this.#records = [];
    this.#streams = new Map();
    this.#recent = new Map();
    for (const record of records) this.#index(record);
    const last = records.at(-1);
    if (last) this.#end = Math.max(this.#end, last.position + bytesOnDisk(last));
  }
}
