import { describe, expect, test } from 'vitest';
import { type Frame, formatFrame, formatGiftLog, formatHeader, type GiftLogHeader } from './gift-log.ts';
import { GiftLogError, giftsById, parseFrame, parseGiftLog, parseHeader } from './parse.ts';

const header: GiftLogHeader = {
  giftLog: 1,
  live: 'a-live',
  creator: 'a-creator',
  startedAt: '2026-01-01T20:00:00+08:00',
  source: 'made by hand',
  gifts: [
    { id: 'spark', name: 'Spark', coins: 1, streakable: true },
    { id: 'comet', name: 'Comet', coins: 39_999, streakable: false },
  ],
};
const frame: Frame = { t: 1_500, viewer: 'v1', gift: 'spark', combo: '1', count: 3 };
const gifts = giftsById(header.gifts);

const problemOf = (parse: () => unknown): { line: number; problem: string } => {
  try {
    parse();
  } catch (error) {
    expect(error).toBeInstanceOf(GiftLogError);
    const { line, problem } = error as GiftLogError;
    return { line, problem };
  }
  throw new Error('It parsed.');
};

describe('a gift log', () => {
  test('is read as it was written', () => {
    const frames = [frame, { ...frame, t: -20, count: 9_999 }];
    const parsed = parseGiftLog(formatGiftLog({ header, frames }));
    expect(parsed.header).toEqual(header);
    expect([...parsed.frames]).toEqual(frames);
  });

  test('is written with the fields in the order of the format', () => {
    const { count, combo, gift, viewer, t } = frame;
    expect(formatFrame({ count, combo, gift, viewer, t })).toBe(
      '{"t":1500,"viewer":"v1","gift":"spark","combo":"1","count":3}',
    );
    expect(formatHeader(header)).toMatch(/^\{"giftLog":1,"live":"a-live","creator":"a-creator","startedAt":/);
  });

  test('may have fields that are not known', () => {
    expect(parseFrame(JSON.stringify({ ...frame, colour: 'red' }), 2, gifts)).toEqual(frame);
  });

  test('that is empty has no header', () => {
    expect(problemOf(() => parseGiftLog([])).line).toBe(1);
  });

  test('that is cut off is reported at its last line, after all frames before it', () => {
    const lines = [...formatGiftLog({ header, frames: [frame, frame, frame] })];
    lines[3] = lines[3]!.slice(0, 20);
    const read: Frame[] = [];
    const problem = problemOf(() => {
      for (const parsed of parseGiftLog(lines).frames) read.push(parsed);
    });
    expect(read).toEqual([frame, frame]);
    expect(problem.line).toBe(4);
    expect(problem.problem).toContain('cut off');
  });
});

describe('a header is refused', () => {
  const [gift] = header.gifts;
  test.each([
    ['that is a frame', formatFrame(frame), 'header is missing'],
    ['that is not JSON', 'gift log', 'not whole JSON'],
    ['that is an array', '[1]', 'JSON object'],
    ['of another version', JSON.stringify({ ...header, giftLog: 2 }), 'version 2 is not supported'],
    ['without a live', JSON.stringify({ ...header, live: undefined }), '"live"'],
    ['with an empty creator', JSON.stringify({ ...header, creator: '' }), '"creator"'],
    ['with a number as source', JSON.stringify({ ...header, source: 7 }), '"source"'],
    ['that began at no time', JSON.stringify({ ...header, startedAt: 'yesterday' }), '"startedAt"'],
    ['without gifts', JSON.stringify({ ...header, gifts: undefined }), '"gifts"'],
    ['with null as gift', JSON.stringify({ ...header, gifts: [null] }), 'every gift'],
    ['with a gift twice', JSON.stringify({ ...header, gifts: [gift, gift] }), 'listed twice'],
    ['with a free gift', JSON.stringify({ ...header, gifts: [{ ...gift, coins: 0 }] }), '"coins"'],
    ['with half a coin', JSON.stringify({ ...header, gifts: [{ ...gift, coins: 1.5 }] }), '"coins"'],
    [
      'with yes as flag',
      JSON.stringify({ ...header, gifts: [{ ...gift, streakable: 'yes' }] }),
      'streakable',
    ],
  ])('%s', (_, line, problem) => {
    const found = problemOf(() => parseHeader(line));
    expect(found.line).toBe(1);
    expect(found.problem).toContain(problem);
  });
});

describe('a frame is refused', () => {
  test.each([
    ['that is blank', '', 'not whole JSON'],
    ['that is null', 'null', 'JSON object'],
    ['at no time', JSON.stringify({ ...frame, t: null }), '"t"'],
    ['at a time between two ms', JSON.stringify({ ...frame, t: 0.5 }), '"t"'],
    ['of nobody', JSON.stringify({ ...frame, viewer: undefined }), '"viewer"'],
    ['with a number as combo', JSON.stringify({ ...frame, combo: 1 }), '"combo"'],
    ['with an endless id', JSON.stringify({ ...frame, combo: 'x'.repeat(257) }), '"combo"'],
    ['with a gift that is not listed', JSON.stringify({ ...frame, gift: 'rocket' }), '"rocket" is not among'],
    ['with the count 0', JSON.stringify({ ...frame, count: 0 }), '"count"'],
    ['with the count 10,000', JSON.stringify({ ...frame, count: 10_000 }), '"count"'],
    ['with a count in words', JSON.stringify({ ...frame, count: '3' }), '"count"'],
  ])('%s', (_, line, problem) => {
    const found = problemOf(() => parseFrame(line, 17, gifts));
    expect(found.line).toBe(17);
    expect(found.problem).toContain(problem);
  });
});
