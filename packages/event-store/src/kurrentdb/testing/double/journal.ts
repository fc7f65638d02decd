import { closeSync, existsSync, ftruncateSync, openSync, readFileSync, writeSync } from 'node:fs';
import type { LogRecord } from './record.ts';

export type Journal = {
  /** What it held when it was opened. */
  readonly records: readonly LogRecord[];
  /** Writes what one append wrote, whole or not at all, before anyone is told of it. */
  write(records: readonly LogRecord[]): void;
  close(): void;
};

type Line = readonly (Omit<LogRecord, 'data' | 'metadata'> & { data: string; metadata: string })[];

/** A file, one line per append, that outlives a killed process; it is not synced for a power cut. */
export const openJournal = (path: string): Journal => {
  const held = existsSync(path) ? readFileSync(path, 'utf8') : '';
  // A last line without its end was never answered.
  const whole = held.slice(0, held.lastIndexOf('\n') + 1);
  const file = openSync(path, 'a');
  ftruncateSync(file, Buffer.byteLength(whole));
  return {
    records: whole.split('\n').flatMap((line) => (line ? readLine(line) : [])),
    write: (records) => void writeSync(file, writeLine(records)),
    close: () => closeSync(file),
  };
};

const writeLine = (records: readonly LogRecord[]): string => {
  const line: Line = records.map((record) => ({
    ...record,
    data: Buffer.from(record.data).toString('base64'),
    metadata: Buffer.from(record.metadata).toString('base64'),
  }));
  return `${JSON.stringify(line)}\n`;
};

const readLine = (line: string): readonly LogRecord[] =>
  (JSON.parse(line) as Line).map((record) => ({
    ...record,
    data: Buffer.from(record.data, 'base64'),
    metadata: Buffer.from(record.metadata, 'base64'),
  }));
