import { randomBytes } from 'node:crypto';
import { kindOf } from '@carat/protocol';
import { computeTotals, type Field, type Piece, writeBatch } from './absolute.ts';
import type { Batch } from './batch.ts';
import type { RedisClient } from './connection.ts';
import type { Unit } from './keys.ts';
import { createKnown } from './known.ts';
import { learnMissing } from './learn.ts';
import { tellLives } from './messages.ts';
import { type Checkpoint, readCheckpoint } from './questions.ts';
import { loadScript } from './script.ts';
import { createWrites, type Writes } from './writes.ts';

/** Where an application leads: the last event it has looked at, and whether nothing came after that. */
export type Reached = { readonly position: string; readonly event: string; readonly atHead: boolean };

/**
 * `refused`: somebody else has moved the checkpoint, or it is broken or gone. Nothing was written; `resume`.
 */
export type Outcome =
  | { readonly outcome: 'applied'; readonly seconds: number }
  | { readonly outcome: 'refused'; readonly reason: 'stale' | 'gap' | 'torn' | 'lost' };

/**
 * What became of a batch: it is on its way, or a total would no longer be an exact integer and nothing was
 * sent.
 */
export type Sent = { readonly done: Promise<Outcome> } | { readonly inexact: Field };

export type WriterBounds = {
  /** Totals that it remembers. */
  readonly knownTotals?: number;
  /**
   * What one script does of an application that comes in pieces, in fields written to a hash: by default
   * Redis is held up for less than 5 ms.
   */
  readonly pieceCost?: number;
};
const defaultPieceCost = 6_000;

const apply = loadScript('./apply.lua');
const refuse = (reason: (Outcome & { outcome: 'refused' })['reason']): Sent => ({
  done: Promise.resolve({ outcome: 'refused', reason }),
});

/**
 * Applies batches to one unit of one generation, each of them once. One `send` at a time, but the next one
 * need not wait until the last one is `done`; where one is refused, so are those after it. Rejections of
 * `send` or `done` mean that Redis could not be reached and that nobody knows whether the batch was applied:
 * `resume` finds out.
 *
 * What is not complete nobody reads: there a batch may be of any size, and comes in pieces. Whoever dies
 * between them leaves the unit torn.
 */
export const createWriter = (
  redis: RedisClient,
  generation: string,
  unit: Unit,
  { knownTotals, pieceCost = defaultPieceCost }: WriterBounds = {},
) => {
  const known = createKnown(knownTotals);
  const isTold = kindOf(unit) === 'creators';
  const self = randomBytes(8).toString('hex');
  let applications = 0;
  let at: Checkpoint | undefined;

  const forget = (): void => {
    known.forget();
    at = undefined;
  };
  const conclude = (reply: unknown, { ranked }: Piece, seconds: number): Outcome => {
    const [word, ...rest] = reply as [string, ...string[]];
    if (word !== 'applied') {
      forget();
      return { outcome: 'refused', reason: word as 'gap' };
    }
    for (let i = 0; i + 1 < rest.length; i += 2) {
      const table = ranked.get(rest[i]!);
      if (table) table.floor = Number(rest[i + 1]);
    }
    return { outcome: 'applied', seconds };
  };

  const applyPiece = async (piece: Piece, head: readonly string[]): Promise<Outcome> => {
    const { keys, writes } = piece.writes;
    const began = performance.now();
    try {
      const reply = await apply(redis, keys, [...head, ...writes]);
      return conclude(reply, piece, (performance.now() - began) / 1000);
    } catch (error) {
      forget();
      throw error;
    }
  };

  return {
    /**
     * Looks where the unit stands and goes on from there. Undefined: the generation is not there, or was
     * lost.
     */
    async resume(): Promise<Checkpoint | undefined> {
      const found = await readCheckpoint(redis, generation, unit);
      if (found?.application !== at?.application) forget();
      at = found;
      return found;
    },

    async send(batch: Batch, reached: Reached): Promise<Sent> {
      const from = at;
      if (from === undefined) return refuse('lost');
      let current = false;
      try {
        current = await learnMissing(redis, { generation, unit }, known, batch, from.application);
      } finally {
        if (!current) forget();
      }
      // An earlier batch may have been refused meanwhile.
      if (at !== from) return refuse('gap');
      const computed = computeTotals(batch, known);
      if ('inexact' in computed) return computed;

      const application = `${self}-${++applications}`;
      const complete = from.complete || reached.atHead;
      at = { position: reached.position, event: reached.event, application, torn: false, complete };
      const place = { generation, unit, previous: from.position, position: reached.position };
      const shown = complete && isTold ? new Map<string, string>() : undefined;
      const begin = (): Writes => createWrites(generation, unit);
      // What is read is changed in one step; what nobody reads yet may be changed in several.
      const isFull = ({ cost }: Writes): boolean => !from.complete && cost() >= pieceCost;
      const pieces = writeBatch(batch, computed.tables, known, { begin, isFull }, shown);
      const mark = [from.application, application, reached.position, reached.event, complete ? '1' : ''];
      let pending: Promise<Outcome> | undefined;
      for (let number = 1; ; number++) {
        const { value: piece, done: isLast } = pieces.next();
        const before = pending && (await pending);
        if (before?.outcome === 'refused') return { done: Promise.resolve(before) };
        const message = isLast && number === 1 && shown ? tellLives(place, known, shown) : '';
        pending = applyPiece(piece, [...mark, message, String(number), isLast ? '1' : '']);
        if (isLast) break;
      }
      known.trim();
      return { done: pending };
    },
  };
};

export type Writer = ReturnType<typeof createWriter>;
