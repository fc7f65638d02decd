import { z } from 'zod';
import { instant, position } from './ids.ts';

const count = z.int().min(0);

/** How the log stands. */
export const logStands = z.object({
  /** Null where the log has none yet. */
  id: z.string().nullable(),
  /** Null while it is empty. */
  head: z.object({ position, id: z.string(), created: instant }).nullable(),
  /** `events`: how many are sealed. */
  lastSeal: z.object({ number: z.int(), at: instant, events: count }).nullable(),
  /** When the first event came, by the store's clock, that no seal has followed. */
  unsealedSince: instant.nullable(),
});
export type LogStands = z.infer<typeof logStands>;

/** Where a unit of numbers stands. */
export const unitStands = z.object({
  /** `creators`, or a shard as `creators:0`; `boards`; or `board:<id>` that an operator defined. */
  unit: z.string(),
  /** Null where it is lost. */
  checkpoint: z
    .object({
      position: position.nullable().describe('null until the first event was applied'),
      event: z.string().nullable(),
      application: z.string().describe('of the last application: no two share one'),
      torn: z.boolean().describe('an application broke off in the middle: the numbers are worth nothing'),
      complete: z.boolean().describe('it has reached the head of the log once'),
    })
    .nullable(),
  /** The event that it is parked at. */
  stoppedAt: z.object({ event: z.string(), position, fault: z.string(), since: instant }).nullable(),
});
export type UnitStands = z.infer<typeof unitStands>;

const filled = z.object({
  generation: z.string(),
  projections: z.int().describe('version of the projections that fill it'),
  log: z.string().describe('id of the log that it tells of'),
});
/** A generation of numbers, and where each of its units stands. */
export const generationStands = filled.extend({ units: z.array(unitStands) });
export type GenerationStands = z.infer<typeof generationStands>;

/** The queue of the projector's wake-ups; `failed`: of those that are kept. */
export const queueStands = z.object({
  waiting: count,
  active: count,
  delayed: count,
  failed: count,
  paused: z.boolean(),
});
export type QueueStands = z.infer<typeof queueStands>;

/** What Redis holds. */
export const redisStands = z.object({
  /** The generation that is read. */
  active: generationStands.nullable(),
  /** One that is filled to take its place. */
  candidate: generationStands.extend({ approved: z.boolean() }).nullable(),
  /** The one that was read before, kept to go back to. */
  previous: filled.extend({ units: z.array(z.string()) }).nullable(),
  /** Ids of those whose keys are still to be dropped. */
  abandoned: z.array(z.string()),
  /** Units that were given up and whose keys are still to be dropped. */
  retired: z.array(z.object({ generation: z.string(), unit: z.string() })),
  queue: queueStands,
});
export type RedisStands = z.infer<typeof redisStands>;

/** How far a unit is, as the log tells. */
export const unitProgress = z.object({
  /** Events after its checkpoint, counted up to a limit. */
  behind: count,
  /** True where there are so many that they were not counted further. */
  atLeast: z.boolean(),
  /** From 0 to 1, of the way from the start of the log to its head. */
  share: z.number(),
  /** Whether its checkpoint names an event that is in the log; true where it names none. */
  inLog: z.boolean(),
});
export type UnitProgress = z.infer<typeof unitProgress>;

/** How the rebuild that was done last, or is under way, stands. */
export const rebuildStands = z.object({
  generation: z.string(),
  replaces: z.string(),
  phase: z.enum(['filling', 'comparing', 'ready', 'switched', 'stopped', 'failed']),
  /** Events looked at, those per second, and how many are left as far as known. */
  events: z.number(),
  perSecond: z.number(),
  remaining: z.number().nullable(),
  position: position.nullable(),
  head: position.nullable(),
  /** How many numbers differ from those that are read; null before they were compared. */
  differences: z.number().nullable(),
  fault: z.string().nullable(),
  since: instant,
  at: instant,
});

/** What was seen of a system. */
export const seen = z.object({
  /** Null where it cannot be read. */
  log: logStands.nullable(),
  redis: redisStands.nullable(),
  /** By generation and unit; empty where the log or Redis cannot be read. */
  progress: z.record(z.string(), z.record(z.string(), unitProgress)),
  /** Units of the active generation that are behind and did not move while they were watched. */
  still: z.array(z.string()),
});
export type Seen = z.infer<typeof seen>;

/** GET /operators/status: what `carat status --json` says. */
export const systemStatus = seen.extend({
  at: instant,
  rebuild: rebuildStands.nullable(),
  /** Why the log, or Redis, could not be looked at, in a sentence each. */
  unseen: z.array(z.string()),
  /** What an operator should see to, in a sentence each. */
  faults: z.array(z.string()),
});
export type SystemStatus = z.infer<typeof systemStatus>;

/** What was booked of gifts. */
export const bookedSums = z.object({ coins: count, gifts: count, millidiamonds: count });
export type BookedSums = z.infer<typeof bookedSums>;

/** True, false, or null while it cannot be told yet: `why` says why. */
const holds = z.boolean().nullable();

/**
 * GET /operators/proof: the law of conservation, as the running system keeps it. Coins granted are coins held
 * and spent; what was spent is what was booked in the log, and what every unit of numbers has booked up to
 * its place.
 */
export const conservation = z.object({
  at: instant,
  /** Of all that follows together. */
  holds,
  /** Why nothing, or not all, can be told yet, or what does not hold, in a sentence each. */
  why: z.array(z.string()),
  /** The log by itself, folded by the process that answers, from its beginning. */
  log: z.object({
    /** As of where; null before the first event. */
    position: position.nullable(),
    head: position.nullable(),
    /** From 0 to 1, of the way to the head. */
    share: z.number(),
    events: count.describe('events folded since the beginning'),
    wallets: count,
    /** Coins: `granted = held + spent`. */
    granted: count,
    held: count.describe('balances of all wallets together'),
    spent: count.describe('what the bookings took from them'),
    /** What the bookings brought in. */
    booked: bookedSums,
    holds,
  }),
  units: z.array(
    z.object({
      unit: z.string(),
      /** As of where its numbers, and the log's beside them, are. */
      position: position.nullable(),
      /** What the unit has booked; null where it is away. */
      ledger: bookedSums.nullable(),
      /** What the log has for it at the very same place; null where that is not known (any more). */
      booked: bookedSums.nullable(),
      holds,
    }),
  ),
});
export type Conservation = z.infer<typeof conservation>;
