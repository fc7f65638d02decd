import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { limits } from '../limits.ts';
import { LogFault } from './fault.ts';
import { unpack } from './unpack.ts';

const newline = 0x0a;
const gzipMagic = [0x1f, 0x8b];

/**
 * The lines of a file, without line ends, unpacked where its content or its name says gzip. @throws LogFault
 */
export async function* readLines(file: string): AsyncGenerator<string> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  let number = 1;
  let rest: Buffer = Buffer.alloc(0);
  const decode = (bytes: Uint8Array): string => {
    try {
      return decoder.decode(bytes);
    } catch {
      throw new LogFault(file, number, 'this is not text in UTF-8, the log is corrupt here.');
    }
  };
  for await (const chunk of readChunks(file, () => number)) {
    rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    let start = 0;
    for (let end = rest.indexOf(newline, start); end >= 0; end = rest.indexOf(newline, start)) {
      yield decode(rest.subarray(start, end));
      number += 1;
      start = end + 1;
    }
    rest = rest.subarray(start);
    if (rest.length > limits.maxLineBytes) {
      throw new LogFault(file, number, `the line is longer than ${limits.maxLineBytes} bytes.`);
    }
  }
  if (rest.length > 0) yield decode(rest);
}

/** The bytes of a file as they come; what fails becomes a fault at the line that was being read. */
async function* readChunks(file: string, line: () => number): AsyncGenerator<Buffer> {
  try {
    for await (const chunk of await openLog(file)) yield chunk;
  } catch (error) {
    throw error instanceof LogFault ? error : faultOf(file, line(), error);
  }
}

const openLog = async (file: string): Promise<AsyncIterable<Buffer>> => {
  const gzip = await isGzip(file);
  const bytes = createReadStream(file);
  return gzip ? unpack(bytes) : bytes;
};

const isGzip = async (file: string): Promise<boolean> => {
  if (file.endsWith('.gz')) return true;
  const handle = await open(file);
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(2), 0, 2, 0);
    return bytesRead === 2 && gzipMagic.every((byte, index) => buffer[index] === byte);
  } finally {
    await handle.close();
  }
};

const faultOf = (file: string, line: number, error: unknown): LogFault => {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === 'ENOENT') return new LogFault(file, undefined, 'there is no such file.');
  if (code === 'EISDIR') return new LogFault(file, undefined, 'this is a folder, not a gift log.');
  if (code === 'Z_BUF_ERROR') return new LogFault(file, line, 'the gzip file is cut off here.');
  if (code?.startsWith('Z_')) return new LogFault(file, line, `the gzip file is corrupt here (${message}).`);
  return new LogFault(file, line, `the file cannot be read (${message}).`);
};
