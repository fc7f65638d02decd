import type { Frame, Gift, GiftLog, GiftLogHeader } from './gift-log.ts';

export const highestCount = 9_999;
export const mostCoinsPerGift = 1_000_000_000;
export const longestIdInCharacters = 256;
export const mostGiftsInAHeader = 10_000;

/**
 * A gift log that breaks the format: `line` counts from 1, `problem` is a sentence without the line number.
 */
export class GiftLogError extends Error {
  override readonly name = 'GiftLogError';
  readonly line: number;
  readonly problem: string;

  constructor(line: number, problem: string) {
    super(`Line ${line}: ${problem}`);
    this.line = line;
    this.problem = problem;
  }
}

/** The header's gifts by id, as the frames' parser and the totals look them up. */
export type GiftsById = ReadonlyMap<string, Gift>;

/** A header's gifts by id. */
export const giftsById = (gifts: Iterable<Gift>): GiftsById =>
  new Map([...gifts].map((gift) => [gift.id, gift]));

/**
 * Reads a whole log, line by line: the header at once, frames as they are asked for. Lines come without line
 * ends. Throws GiftLogError at the first line that breaks the format, and at line 1 when there is none.
 */
export const parseGiftLog = (lines: Iterable<string>): GiftLog => {
  const rest = lines[Symbol.iterator]();
  const first = rest.next();
  if (first.done) throw new GiftLogError(1, 'the log is empty, it should begin with a header.');
  const header = parseHeader(first.value);
  return { header, frames: parseFrames(rest, giftsById(header.gifts)) };
};

function* parseFrames(lines: Iterator<string>, gifts: GiftsById): Generator<Frame> {
  let number = 2;
  for (let line = lines.next(); !line.done; line = lines.next())
    yield parseFrame(line.value, number++, gifts);
}

/** Parses the first line of a log. Throws GiftLogError. */
export const parseHeader = (line: string): GiftLogHeader => {
  const found = parseObject(line, 1);
  if (found.giftLog === undefined) {
    throw new GiftLogError(1, 'the header is missing, the first line has no "giftLog" version.');
  }
  if (found.giftLog !== 1) {
    throw new GiftLogError(1, `version ${show(found.giftLog)} is not supported, "giftLog" should be 1.`);
  }
  return {
    giftLog: 1,
    live: text(found, 'live', 1),
    creator: text(found, 'creator', 1),
    startedAt: instant(found, 'startedAt', 1),
    source: text(found, 'source', 1),
    gifts: parseGifts(found.gifts),
  };
};

/** Parses one further line; `number` counts from 1, so the first frame is line 2. Throws GiftLogError. */
export const parseFrame = (line: string, number: number, gifts: GiftsById): Frame => {
  const found = parseObject(line, number);
  const frame = {
    t: integer(found, 't', number, Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER),
    viewer: text(found, 'viewer', number),
    gift: text(found, 'gift', number),
    combo: text(found, 'combo', number),
    count: integer(found, 'count', number, 1, highestCount),
  };
  if (!gifts.has(frame.gift)) {
    throw new GiftLogError(number, `the gift ${show(frame.gift)} is not among the header's gifts.`);
  }
  return frame;
};

const parseGifts = (found: unknown): Gift[] => {
  if (!Array.isArray(found)) throw new GiftLogError(1, `"gifts" should be an array, it is ${show(found)}.`);
  if (found.length > mostGiftsInAHeader) {
    throw new GiftLogError(1, `"gifts" has ${found.length} entries, at most ${mostGiftsInAHeader} are read.`);
  }
  const gifts = found.map(parseGift);
  const ids = new Set<string>();
  for (const { id } of gifts) {
    if (ids.has(id)) throw new GiftLogError(1, `the gift ${show(id)} is listed twice.`);
    ids.add(id);
  }
  return gifts;
};

const parseGift = (found: unknown): Gift => {
  if (!isObject(found)) throw new GiftLogError(1, `every gift should be an object, one is ${show(found)}.`);
  const streakable = found.streakable;
  if (typeof streakable !== 'boolean') {
    throw new GiftLogError(1, `a gift's "streakable" should be true or false, one is ${show(streakable)}.`);
  }
  return {
    id: text(found, 'id', 1),
    name: text(found, 'name', 1),
    coins: integer(found, 'coins', 1, 1, mostCoinsPerGift),
    streakable,
  };
};

type Fields = Readonly<Record<string, unknown>>;

const parseObject = (line: string, number: number): Fields => {
  let found: unknown;
  try {
    found = JSON.parse(line);
  } catch {
    throw new GiftLogError(number, 'this is not whole JSON, the log is corrupt or cut off here.');
  }
  if (!isObject(found)) throw new GiftLogError(number, `this should be a JSON object, it is ${show(found)}.`);
  return found;
};

const isObject = (found: unknown): found is Fields =>
  typeof found === 'object' && found !== null && !Array.isArray(found);

const text = (fields: Fields, name: string, line: number): string => {
  const found = fields[name];
  if (typeof found === 'string' && found !== '' && found.length <= longestIdInCharacters) return found;
  const wanted = `a string of 1 to ${longestIdInCharacters} characters`;
  throw new GiftLogError(line, `"${name}" should be ${wanted}, it is ${show(found)}.`);
};

const integer = (fields: Fields, name: string, line: number, least: number, most: number): number => {
  const found = fields[name];
  if (Number.isSafeInteger(found) && (found as number) >= least && (found as number) <= most) {
    return found as number;
  }
  const range = most === Number.MAX_SAFE_INTEGER ? '' : ` from ${least} to ${most}`;
  throw new GiftLogError(line, `"${name}" should be a whole number${range}, it is ${show(found)}.`);
};

const instant = (fields: Fields, name: string, line: number): string => {
  const found = text(fields, name, line);
  if (!Number.isNaN(Date.parse(found))) return found;
  throw new GiftLogError(line, `"${name}" should be a time in ISO 8601, it is ${show(found)}.`);
};

const longestShownInCharacters = 60;

const show = (found: unknown): string => {
  const shown = found === undefined ? 'missing' : JSON.stringify(found);
  return shown.length > longestShownInCharacters ? `${shown.slice(0, longestShownInCharacters)}…` : shown;
};
