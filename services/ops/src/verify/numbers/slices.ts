import type { Position } from '@carat/event-store';
import {
  checkpointKey,
  decodeFeedHead,
  type FeedHead,
  feedHeadsTable,
  poisonTable,
  type RedisClient,
  scanKeys,
  tableKey,
  type Unit,
  unitPrefix,
} from '@carat/read-models';
import type { ChainableCommander } from 'ioredis';
import { limits } from '../../limits.ts';

/** Where a unit stands; undefined while it is not whole: being filled, broken off, or gone. */
export type Place = { readonly position: Position | null; readonly event: string | null };

/** Some of what a key holds, and where its unit stood in that very moment. */
export type Slice<T> = { readonly place: Place; readonly rows: readonly T[] };

export type FeedEntry = {
  /** Of the bookings the feed ever had, the number of the last one in this entry, from 1. */
  readonly upTo: number;
  readonly bookings: readonly unknown[];
};
export type FeedSlice = Slice<FeedEntry> & { readonly head: FeedHead };

/** The unit is not whole at this moment, so there is nothing to compare. */
export class NotWhole extends Error {
  override readonly name = 'NotWhole';
}

/** A key does not hold what its name says. */
export class UnreadableKey extends Error {
  override readonly name = 'UnreadableKey';
}

/**
 * Reads a unit's keys slice by slice; every slice in one step with the unit's checkpoint. Reads throw
 * `NotWhole` and `UnreadableKey`.
 */
export const createSlices = (redis: RedisClient, generation: string, unit: Unit) => {
  const checkpoint = checkpointKey(generation, unit);
  const prefix = unitPrefix(generation, unit);
  const keyOf = (name: string): string => tableKey(generation, unit, name);
  const noNumbers: ReadonlySet<string> = new Set([checkpoint, keyOf(poisonTable)]);

  const ask = async (
    add: (multi: ChainableCommander) => void,
  ): Promise<{ place: Place; answers: unknown[] }> => {
    const multi = redis.multi().hmget(checkpoint, 'position', 'event', 'application', 'torn', 'complete');
    add(multi);
    const replies = await multi.exec();
    if (!replies) throw new NotWhole();
    for (const [error] of replies) if (error) throw new UnreadableKey(error.message);
    const [[, marks], ...answers] = replies as [[null, (string | null)[]], ...[null, unknown][]];
    const [position, event, application, torn, complete] = marks;
    if (application == null || torn != null || complete == null) throw new NotWhole();
    const place = { position: (position ?? null) as Position | null, event: event ?? null };
    return { place, answers: answers.map(([, answer]) => answer) };
  };

  return {
    place: async (): Promise<Place> => (await ask(() => undefined)).place,

    /** The names of all keys of the unit that hold numbers. */
    async *keys(): AsyncGenerator<string[]> {
      for await (const keys of scanKeys(redis, `${prefix}*`)) {
        yield keys.filter((key) => !noNumbers.has(key)).map((key) => key.slice(prefix.length));
      }
    },

    /** All fields and values of a hash; what is there from first to last slice is in one of them. */
    async *hash(name: string): AsyncGenerator<Slice<[field: string, value: string]>> {
      let cursor = '0';
      do {
        const { place, answers } = await ask((multi) =>
          multi.hscan(keyOf(name), cursor, 'COUNT', limits.scanFields),
        );
        const [next, flat] = answers[0] as [string, string[]];
        cursor = next;
        yield { place, rows: pairsOf(flat) };
      } while (cursor !== '0');
    },

    /** The members of a sorted set with their scores, all in one slice. */
    async ranks(name: string): Promise<Slice<[member: string, score: string]>> {
      const { place, answers } = await ask((multi) => multi.zrange(keyOf(name), '0', '-1', 'WITHSCORES'));
      return { place, rows: pairsOf(answers[0] as string[]) };
    },

    /** What a feed holds, oldest first, with how it stands. */
    async *feed(name: string): AsyncGenerator<FeedSlice> {
      let from = '-';
      for (;;) {
        const { place, answers } = await ask((multi) =>
          multi.hget(keyOf(feedHeadsTable), name).xrange(keyOf(name), from, '+', 'COUNT', limits.scanEntries),
        );
        const [head, found] = answers as [string | null, [id: string, fields: string[]][]];
        yield { place, head: decodeFeedHead(head), rows: found.map(entryOf) };
        if (found.length < limits.scanEntries) return;
        from = `(${found.at(-1)![0]}`;
      }
    },
  };
};

export type Slices = ReturnType<typeof createSlices>;

const pairsOf = (flat: readonly string[]): [string, string][] =>
  Array.from({ length: flat.length / 2 }, (_, i) => [flat[2 * i]!, flat[2 * i + 1]!]);

const entryOf = ([id, fields]: [string, string[]]): FeedEntry => {
  const body = new Map(pairsOf(fields)).get('body') ?? '';
  try {
    return { upTo: Number(id.split('-')[1]), bookings: JSON.parse(body) as unknown[] };
  } catch {
    throw new UnreadableKey(`its entry ${id} is no JSON`);
  }
};
