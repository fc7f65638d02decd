import { id, largest } from '@carat/protocol';
import {
  type Frame,
  type Gift,
  GiftLogError,
  type GiftLogHeader,
  giftsById,
  parseFrame,
  parseHeader,
} from '@carat/simulator';
import { limits } from '../limits.ts';
import { LogFault } from './fault.ts';
import { readLines } from './lines.ts';

export type ReadLog = { readonly header: GiftLogHeader; readonly frames: readonly Frame[] };

/** Reads a whole gift log, so that nothing is played of one that is not whole. @throws LogFault */
export const readGiftLog = async (file: string): Promise<ReadLog> => {
  try {
    return await readWhole(file);
  } catch (error) {
    throw error instanceof GiftLogError ? new LogFault(file, error.line, error.problem) : error;
  }
};

const readWhole = async (file: string): Promise<ReadLog> => {
  let header: GiftLogHeader | undefined;
  let gifts: ReadonlyMap<string, Gift> = new Map();
  const frames: Frame[] = [];
  const known = new Set<string>();
  let number = 0;
  for await (const line of readLines(file)) {
    number += 1;
    if (header === undefined) {
      header = playable(parseHeader(line));
      gifts = giftsById(header.gifts);
      continue;
    }
    if (frames.length >= limits.maxFrames) {
      throw new GiftLogError(number, `a log of more than ${limits.maxFrames} frames is not played.`);
    }
    const frame = parseFrame(line, number, gifts);
    if (!known.has(frame.viewer)) known.add(idOf('viewer', frame.viewer, number));
    frames.push(frame);
  }
  if (header === undefined) throw new GiftLogError(1, 'the log is empty, it should begin with a header.');
  return { header, frames };
};

/** What Carat takes is narrower than what a log may say. */
const playable = (header: GiftLogHeader): GiftLogHeader => {
  idOf('creator', header.creator, 1);
  for (const { id: gift, coins } of header.gifts) {
    if (coins > largest.unitCoins) {
      throw new GiftLogError(1, `the gift ${gift} costs more than ${largest.unitCoins} coins.`);
    }
  }
  return header;
};

const idOf = (name: string, text: string, line: number): string => {
  if (id.safeParse(text).success) return text;
  throw new GiftLogError(line, `the ${name} ${JSON.stringify(text)} is no id that Carat takes.`);
};
