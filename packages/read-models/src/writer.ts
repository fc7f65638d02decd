import { randomBytes } from 'node:crypto';
import type { Redis } from 'ioredis';
import { computeTotals, type Field, writeFeeds, writeTotals } from './absolute.ts';
import type { Batch } from './batch.ts';
import type { Unit } from './keys.ts';
import { createKnown, type KnownTable } from './known.ts';
import { learnMissing } from './learn.ts';
import { tellLives } from './messages.ts';
import { type Checkpoint, readCheckpoint } from './questions.ts';
import { loadScript } from './script.ts';
import { createWrites } from './writes.ts';

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

const apply = loadScript('./apply.lua');
const refuse = (reason: (Outcome & { outcome: 'refused' })['reason']): Sent => ({
  done: Promise.resolve({ outcome: 'refused', reason }),
});

/**
 * Applies batches to one unit of one generation, each of them once. One `send` at a time, but the next one
 * need not wait until the last one is `done`; where one is refused, so are those after it. Rejections of
 * `send` or `done` mean that Redis could not be reached and that nobody knows whether the batch was applied:
 * `resume` finds out.
 */
export const createWriter = (redis: Redis, generation: string, unit: Unit) => {
  const known = createKnown();
  const self = randomBytes(8).toString('hex');
  let applications = 0;
  let at: Checkpoint | undefined;

  const forget = (): void => {
    known.forget();
    at = undefined;
  };
  const conclude = (reply: unknown, ranked: ReadonlyMap<string, KnownTable>, seconds: number): Outcome => {
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

      const writes = createWrites(generation, unit);
      const ranked = writeTotals(computed.tables, known, writes);
      const shown = writeFeeds(batch, known, writes);
      const application = `${self}-${++applications}`;
      const complete = from.complete || reached.atHead;
      const place = { generation, previous: from.position, position: reached.position };
      const message = complete && unit === 'creators' ? tellLives(place, known, shown) : '';
      const head = [
        at.application,
        application,
        reached.position,
        reached.event,
        complete ? '1' : '',
        message,
      ];
      at = { position: reached.position, event: reached.event, application, torn: false, complete };
      known.trim();

      const began = performance.now();
      const done = apply(redis, writes.keys, head.concat(writes.writes as string[])).then(
        (reply) => conclude(reply, ranked, (performance.now() - began) / 1000),
        (error) => {
          forget();
          throw error;
        },
      );
      return { done };
    },
  };
};

export type Writer = ReturnType<typeof createWriter>;
