import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { formatGiftLog, simulateLive } from '@carat/simulator';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { LogFault } from './fault.ts';
import { readGiftLog } from './read.ts';

const live = simulateLive({ seed: 1, durationMs: 240_000, sendsPerMinute: 120 });
const lines = [...formatGiftLog(live)];
const text = `${lines.join('\n')}\n`;

let dir: string;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'carat-logs-'));
});
afterAll(() => rm(dir, { recursive: true, force: true }));

const fileOf = async (name: string, content: string | Buffer): Promise<string> => {
  const file = join(dir, name);
  await writeFile(file, content);
  return file;
};

const faultOf = async (name: string, content: string | Buffer): Promise<LogFault> => {
  const file = await fileOf(name, content);
  const error = await readGiftLog(file).then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(LogFault);
  expect((error as LogFault).message).toContain(file);
  expect((error as LogFault).message).not.toContain('\n');
  return error as LogFault;
};

const withLine = (number: number, line: string): string => {
  const changed = [...lines];
  changed[number - 1] = line;
  return changed.join('\n');
};

describe('reading a gift log', () => {
  it.each([
    ['plain.jsonl', text],
    ['without-last-newline.jsonl', text.trimEnd()],
    ['packed.jsonl.gz', gzipSync(text)],
    ['packed-by-content.jsonl', gzipSync(text)],
  ])('reads all of %s', async (name, content) => {
    const log = await readGiftLog(await fileOf(name, content));
    expect(log.header).toEqual(live.header);
    expect(log.frames).toEqual(live.frames);
  });

  it('names the line at which a gzip file is cut off', async () => {
    const packed = gzipSync(text);
    const fault = await faultOf('cut.jsonl.gz', packed.subarray(0, packed.length / 2));
    expect(fault.message).toMatch(/, line \d+: the gzip file is cut off here/);
    expect(fault.line).toBeGreaterThan(1);
    expect(fault.line).toBeLessThan(lines.length);
  });

  it('names the line at which a gzip file is corrupt', async () => {
    const packed = gzipSync(text);
    packed.fill(0xff, packed.length / 2, packed.length / 2 + 64);
    const fault = await faultOf('corrupt.jsonl.gz', packed);
    expect(fault.message).toMatch(/, line \d+: /);
    expect(fault.line).toBeGreaterThan(1);
  });

  it('says so where a .gz is no gzip at all', async () => {
    expect((await faultOf('plain.jsonl.gz', text)).message).toMatch(
      /, line 1: the gzip file is corrupt here/,
    );
  });

  it('names the line at which a plain file is cut off', async () => {
    const fault = await faultOf('cut.jsonl', text.slice(0, -20));
    expect(fault.line).toBe(lines.length);
  });

  it.each([
    ['no JSON', withLine(3, 'gift!'), 3],
    ['an unknown gift', withLine(4, '{"t":1,"viewer":"v","gift":"none","combo":"c","count":1}'), 4],
    ['a count of nothing', withLine(5, lines[4]!.replace(/"count":\d+/, '"count":0')), 5],
    ['an empty line', withLine(6, ''), 6],
    ['a viewer that is no id', withLine(7, lines[6]!.replace(/"viewer":"[^"]+"/, '"viewer":"a b"')), 7],
    ['no header', lines.slice(1).join('\n'), 1],
    ['a creator that is no id', withLine(1, lines[0]!.replace(/"creator":"[^"]+"/, '"creator":"ä"')), 1],
    ['a gift beyond all prices', withLine(1, lines[0]!.replace(/"coins":\d+/, '"coins":1000001')), 1],
    ['nothing', '', 1],
  ])('names the line with %s', async (name, content, line) => {
    expect((await faultOf(`${name.replaceAll(' ', '-')}.jsonl`, content)).line).toBe(line);
  });

  it('names the line that is no text', async () => {
    const bytes = Buffer.from(text);
    bytes[Buffer.byteLength(lines[0]!) + 12] = 0xff;
    expect((await faultOf('bytes.jsonl', bytes)).line).toBe(2);
  });

  it.each(['missing.jsonl', 'missing.jsonl.gz'])('says that there is no %s', async (name) => {
    await expect(readGiftLog(join(dir, name))).rejects.toThrow(/missing.*: there is no such file/);
  });

  it('says that a folder is no log', async () => {
    await expect(readGiftLog(dir)).rejects.toThrow(/this is a folder/);
  });
});
